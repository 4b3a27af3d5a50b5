// uWebSockets.js, a server in C++ behind JavaScript.
import uws from "@trufflesuite/uws-js-unofficial";
import { host, path, port } from "./harness.js";

// Where its binary does not load, the package falls back to ws without an error.
if (uws.us_socket_local_port === undefined)
  throw new Error("There is no binary of uWebSockets.js for this Node.");

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
  .listen(host, port, () => undefined);
