// A server in a process of its own, for tests that look at a whole process: its exit, its memory, its handles.
import { createHook } from "node:async_hooks";
import { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import {
  closeOnSignals,
  enableConsoleLog,
  newWebsocketServe,
  setCompression,
  setHandshakeTimeout,
  setHttpRoutes,
  setInboundQueue,
  setMaxMessageBufferSize,
  setPingPeriod,
  setPongWait,
  setRawHandler,
  setTls,
  setWriteWait,
  use,
  WebsocketError,
} from "../../../runtime/dist/index.js";

const timers = new Set();
createHook({
  init: (id, type) => type === "Timeout" && timers.add(id),
  destroy: (id) => timers.delete(id),
}).enable();

const hooks = { connect: 0, close: 0, disconnect: 0 };

const command = (name, execute) => ({ getCommand: () => name, getConfigOption: () => [], execute });

const commands = [
  command("ping", () => ({ ping: "pong" })),
  command("echo", (_ctx, data) => data),
  command("join", (ctx, { room }) => ctx.join(String(room))),
  command("leave", (ctx, { room }) => ctx.leave(String(room))),
  command("say", (ctx, { room, text }) => ctx.module.room(String(room)).except(ctx).emit("said", { text })),
  command("tag", (ctx, { tag }) => ctx.tag(String(tag))),
  command("large", (ctx, { kib }) => ctx.emit("large", "x".repeat(Math.min(Number(kib) || 1, 256) * 1_024))),
  command(
    "slow",
    (_ctx, { ms }) => new Promise((resolve) => setTimeout(resolve, Math.min(Number(ms) || 1, 50), {})),
  ),
  command("fail", () => {
    throw new Error("on purpose");
  }),
  command("close", (ctx, { code }) => ctx.close(code)),
];

const limits = [
  enableConsoleLog(false),
  setHandshakeTimeout(1),
  setPingPeriod(0.5),
  setPongWait(1),
  setWriteWait(1),
  setInboundQueue({ frames: 32, bytes: 65_536 }),
  setMaxMessageBufferSize(65_536),
];

const defineModule = (flag, config, own = commands) => ({
  connect: async (ctx) => {
    if (ctx.query.has("refuse")) return new WebsocketError("refused", "Refused.");
    if (ctx.query.has("wait")) await new Promise((resolve) => setTimeout(resolve, 20));
    hooks.connect += 1;
    return undefined;
  },
  close() {
    hooks.close += 1;
  },
  disconnect() {
    hooks.disconnect += 1;
  },
  handshakeURL: () => ["ws", "rooms/:room", "files/*path"],
  getCommandList: () => own,
  getModuleFlag: () => flag,
  getServerPort: () => 0,
  getWSServerConfig: () => [...limits, ...config],
});

const echoRaw = setRawHandler((ctx, data, isBinary) => void ctx.send(isBinary ? data : data.toString()));
const certificates = fileURLToPath(new URL("../server/certificates/", import.meta.url));
const tls = setTls({ certFile: `${certificates}cert.pem`, keyFile: `${certificates}key.pem` });
const startThree = (...config) =>
  newWebsocketServe(
    defineModule("test", config),
    defineModule("zip", [setCompression({ threshold: 64 }), ...config]),
    defineModule("raw", [echoRaw, ...config], []),
  );

/** What middlewares do, right and wrong. */
const misbehave = async (ctx, next) => {
  if (ctx.URL?.searchParams.has("delay")) await new Promise((resolve) => setTimeout(resolve, 5));
  if (ctx.querystring === "null") throw null;
  if (ctx.querystring === "hang") await new Promise(() => {});
  if (ctx.querystring === "silent") ctx.respond = false;
  else await next();
};
const httpRoutes = setHttpRoutes((router) => {
  router.get("/time", (ctx) => {
    ctx.body = "now";
  });
  router.post("/body", async (ctx) => {
    let bytes = 0;
    for await (const chunk of ctx.req) bytes += chunk.length;
    ctx.body = { bytes };
  });
});
// A port of its own: on a port with a middleware, every handshake goes through Koa.
const startBehind = (...config) =>
  newWebsocketServe(defineModule("behind", [use(misbehave), httpRoutes, ...config]));
const serves = [await startThree(), await startBehind(), await startThree(tls), await startBehind(tls)];
for (const serve of serves) closeOnSignals(serve);

/** The state of each open socket, so that a report of a leak says how the socket was left. */
const describeSockets = () =>
  process
    ._getActiveHandles()
    .filter((handle) => handle instanceof Socket && handle._handle?.constructor.name !== "Pipe")
    .map((socket) => ({
      isSecure: socket.encrypted === true,
      isPaused: socket.readableFlowing !== true,
      isConsumed: socket._handle?._consumed === true,
      readable: {
        hasEnded: socket.readableEnded,
        bytes: socket.readableLength,
        isReading: socket._handle?.reading,
      },
      writable: {
        hasEnded: socket.writableEnded,
        isFinished: socket.writableFinished,
        bytes: socket.writableLength,
      },
      bytesRead: socket.bytesRead,
      bytesWritten: socket.bytesWritten,
      isDestroyed: socket.destroyed,
      isAnswering: socket._httpMessage != null,
      hasParser: socket.parser != null,
      timeoutMs: socket.timeout,
      listeners: Object.fromEntries(
        socket
          .eventNames()
          .map((name) => [String(name), socket.listeners(name).map((listener) => listener.name)]),
      ),
    }));

function report() {
  globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  const resources = { timers: timers.size };
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
  const stats = serves.flatMap(({ modules }) => modules.map((module) => module.stats()));
  return {
    connections: stats.reduce((sum, { connections }) => sum + connections, 0),
    rooms: stats.reduce((sum, { rooms }) => sum + rooms.size, 0),
    accepted: stats.reduce((sum, { accepted }) => sum + accepted, 0),
    dropped: stats.reduce((sum, { slowConsumers, timedOut }) => sum + slowConsumers + timedOut, 0),
    heldBytes: heapUsed + external,
    rssBytes: rss,
    resources,
    sockets: describeSockets(),
    hooks,
  };
}

// A test that was killed leaves no server behind.
process.on("disconnect", () => process.exit(1));
process.on("message", (id) => process.send({ id, report: report() }));
const [port, behindPort, securePort, secureBehindPort] = serves.map(({ ports }) => ports[0]);
process.send({ port, behindPort, securePort, secureBehindPort });
