// Serves a module with the runtime that is given, and prints the files that were loaded for it.
import { Session } from "node:inspector";

const { newWebsocketServe, enableConsoleLog } = await import(process.argv[2]);

class PlainModule {
  connect() {}
  disconnect() {}
  close() {}
  handshakeURL() {
    return ["ws"];
  }
  getCommandList() {
    return [];
  }
  getModuleFlag() {
    return "plain";
  }
  getServerPort() {
    return 0;
  }
  getWSServerConfig() {
    return [enableConsoleLog(false)];
  }
}

const serve = await newWebsocketServe(new PlainModule());
const files = [];
const session = new Session();
session.connect();
session.on("Debugger.scriptParsed", ({ params }) => files.push(params.url));
session.post("Debugger.enable");
session.disconnect();
await serve.close();
console.log(JSON.stringify(files.filter((file) => file.startsWith("file:"))));
