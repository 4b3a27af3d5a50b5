// Bare ws, the measure of the others.
import { createServer } from "node:https";
import { WebSocketServer } from "ws";
import { serveCommands } from "./flat-commands.js";
import { host, path, port, tls } from "./harness.js";

const secure = tls && createServer(tls).listen(port, host);
const server = new WebSocketServer({ path, ...(secure ? { server: secure } : { host, port }) });
server.on("connection", (socket) => serveCommands(socket, server.clients));
