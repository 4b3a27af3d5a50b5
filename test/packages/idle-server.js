// Serves idle connections, with bare ws or with the runtime that is given, and says what they hold when it is asked.
import { WebSocketServer } from "ws";

const [kind, runtime] = process.argv.slice(2);

function serveBare() {
  const commands = new Map([["echo", (socket, message) => socket.send(JSON.stringify(message))]]);
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", path: "/plain/ws" });
  server.on("connection", (socket) => {
    socket.on("error", console.error);
    socket.on("message", (raw) => {
      const message = JSON.parse(raw.toString());
      commands.get(message.command)?.(socket, message);
    });
  });
  return new Promise((resolve) => server.on("listening", () => resolve(server.address().port)));
}

async function serveModule() {
  const { Mode, newWebsocketServe, setHost, setMaxConnections, setMode } = await import(runtime);
  const echo = { getCommand: () => "echo", getConfigOption: () => [], execute: (_ctx, data) => data };
  const module = {
    connect() {},
    disconnect() {},
    close() {},
    handshakeURL: () => ["ws"],
    getCommandList: () => [echo],
    getModuleFlag: () => "plain",
    getServerPort: () => 0,
    getWSServerConfig: () => [setMode(Mode.product), setHost("127.0.0.1"), setMaxConnections(20_000)],
  };
  const { ports } = await newWebsocketServe(module);
  return ports[0];
}

process.on("message", () => {
  // Handles of what has ended are let go of in a turn of their own.
  globalThis.gc();
  setImmediate(() => {
    globalThis.gc();
    process.send(process.memoryUsage().heapUsed);
  });
});
process.send(kind === "ws" ? await serveBare() : await serveModule());
