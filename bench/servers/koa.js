// Koa for HTTP, ws on the same server.
import { createServer } from "node:http";
import Koa from "koa";
import Router from "koa-router";
import { WebSocketServer } from "ws";
import { serveCommands } from "./flat-commands.js";
import { host, path, port } from "./harness.js";

const app = new Koa();
const router = new Router();
router.get("/health", (ctx) => {
  ctx.body = { status: "ok" };
});
app.use(router.routes());

const server = createServer(app.callback());
const sockets = new WebSocketServer({ server, path });
sockets.on("connection", (socket) => serveCommands(socket, sockets.clients));
server.listen(port, host);
