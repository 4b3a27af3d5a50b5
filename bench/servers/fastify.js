// Fastify with its WebSocket plugin.
import websocket from "@fastify/websocket";
import Fastify from "fastify";
import { serveCommands } from "./flat-commands.js";
import { host, path, port } from "./harness.js";

const app = Fastify();
await app.register(websocket);
app.get(path, { websocket: true }, (socket) => serveCommands(socket, app.websocketServer.clients));
await app.listen({ port, host });
