// Bare ws, the measure of the others.
import { WebSocketServer } from "ws";
import { serveCommands } from "./flat-commands.js";
import { host, path, port, reportListening } from "./harness.js";

const server = new WebSocketServer({ host, port, path });
server.on("connection", (socket) => serveCommands(socket, server.clients));
server.on("listening", reportListening);
