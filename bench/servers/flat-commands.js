// The commands of the servers that have no protocol of their own: JSON.parse, a Map, send.

const commands = new Map([
  ["echo", (socket, { command, id, ...data }) => socket.send(JSON.stringify({ command, id, data }))],
  ["broadcast", (_, { command, ...data }, everybody) => sendToAll(everybody, { event: "message", data })],
]);

/**
 * Serves one connection of ws.
 * @param {import("ws").WebSocket} socket
 * @param {Iterable<import("ws").WebSocket>} everybody
 */
export function serveCommands(socket, everybody) {
  socket.on("error", console.error);
  socket.on("message", (raw) => {
    const message = JSON.parse(raw.toString());
    commands.get(message.command)?.(socket, message, everybody);
  });
}

function sendToAll(everybody, event) {
  const text = JSON.stringify(event);
  for (const socket of everybody) {
    if (socket.readyState === socket.OPEN) socket.send(text);
  }
}
