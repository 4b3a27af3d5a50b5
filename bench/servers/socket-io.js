// Socket.IO without the HTTP long-polling fallback; requests are answered by acknowledgements.
import { createServer } from "node:http";
import { Server } from "socket.io";
import { host, port } from "./harness.js";

const server = createServer();
const io = new Server(server, { transports: ["websocket"], serveClient: false });
io.on("connection", (socket) => {
  socket.on("echo", (data, acknowledge) => acknowledge(data));
  socket.on("broadcast", (data) => io.emit("message", data));
});
server.listen(port, host);
