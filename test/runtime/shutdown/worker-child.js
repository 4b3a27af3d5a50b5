// A server that notes, in a file that survives it, each command that it begins. Arguments: a folder, and options.
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import {
  closeOnSignals,
  enableAdmin,
  enableConsoleLog,
  newWebsocketServe,
  setCommandConcurrency,
  setCompression,
  setWSServerLogEnable,
} from "../../../runtime/dist/index.js";

const [folder, ...options] = process.argv.slice(2);
const begun = openSync(join(folder, "begun"), "a");
process.on("exit", () => closeSync(begun));

const turn = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const work = {
  getCommand: () => "work",
  getConfigOption: () => [],
  async execute(ctx, { n, ms }) {
    writeSync(begun, `${n}\n`);
    await turn(ms);
    ctx.log.info({ n }, "worked");
    return { n };
  },
};

const serve = await newWebsocketServe({
  connect() {},
  close() {},
  disconnect() {},
  handshakeURL: () => ["ws"],
  getCommandList: () => [work],
  getModuleFlag: () => "test",
  getServerPort: () => 0,
  getWSServerConfig: () => [
    enableConsoleLog(false),
    setWSServerLogEnable(folder, "work.log", "info", "year"),
    ...(options.includes("admin") ? [enableAdmin(0, { token: "0123456789abcdef" })] : []),
    ...(options.includes("compress") ? [setCompression({ threshold: 0 })] : []),
    ...(options.includes("concurrent") ? [setCommandConcurrency(8)] : []),
  ],
});
const ports = [serve.ports[0], ...(serve.admin ? [serve.admin.port] : [])];
if (options.includes("two")) {
  const other = await newWebsocketServe({
    connect() {},
    close() {},
    // The first serve has long been closed when this one is.
    disconnect: () => turn(500).then(() => writeSync(begun, "2\n")),
    handshakeURL: () => ["ws"],
    getCommandList: () => [],
    getModuleFlag: () => "other",
    getServerPort: () => 0,
    getWSServerConfig: () => [enableConsoleLog(false)],
  });
  closeOnSignals(other);
  ports.push(other.ports[0]);
}
if (options.includes("failing"))
  closeOnSignals({ close: () => Promise.reject(new Error("It does not close.")) });
closeOnSignals(serve, options.includes("short") ? { deadlineMs: 300 } : {});
process.send(ports);
// It does not keep the process alive, and a test that was killed leaves no server behind.
process.channel.unref();
process.on("disconnect", () => process.exit(1));
