// uWebSockets.js, a server in C++ behind JavaScript.
import uws from "@btc-vision/uwebsockets.js";
import { host, path, port, reportListening } from "./harness.js";

const decoder = new TextDecoder();
const app = uws.App();
const commands = new Map([
  ["echo", (socket, { command, id, ...data }) => socket.send(JSON.stringify({ command, id, data }))],
  ["broadcast", (_, { command, ...data }) => app.publish("all", JSON.stringify({ event: "message", data }))],
]);

app
  .ws(path, {
    open: (socket) => socket.subscribe("all"),
    message(socket, raw) {
      const message = JSON.parse(decoder.decode(raw));
      commands.get(message.command)?.(socket, message);
    },
  })
  .listen(host, port, reportListening);
