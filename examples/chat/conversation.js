import { once } from "node:events";
import { WebSocket } from "ws";

const chat = "ws://localhost:10099/chat/rooms/lobby";

/** Talks to the running example as two people would, and checks what it answers. */
export async function converse(print) {
  const ann = await connect("ann", `${chat}?name=ann`, print);
  const bob = await connect("bob", `${chat}?name=bob`, print);
  ann.say({ command: "ping" });
  await ann.hear({ ping: "pong" });
  ann.say({ command: "say", id: 1, room: "lobby", text: "hi bob" });
  await ann.hear({ event: "message" });
  await ann.hear({ command: "say", id: 1, data: { delivered: 2 } });
  await bob.hear({ event: "message" });
  bob.say({ command: "nope" });
  await bob.hear({ command: "nope", error: { code: "unknown_command" } });

  const watcher = await connect("bob", "ws://localhost:10099/presence/ws?name=bob", print);
  watcher.say({ command: "who" });
  await watcher.hear({ people: [{ name: "bob", status: "online" }] });

  const feed = await connect("ann", "ws://localhost:10100/feed/files/docs/report.txt", print);
  feed.say({ cmd: "stat", ref: "a" });
  await feed.hear({ cmd: "stat", ref: "a", error: { code: "not_implemented" } });
  for (const person of [ann, bob, watcher, feed]) await person.leave();
}

async function connect(name, url, print) {
  const socket = new WebSocket(url);
  const heard = [];
  let wake = () => {};
  socket.on("message", (data) => {
    heard.push(data.toString());
    wake();
  });
  await once(socket, "open");
  print(`${name} connects to ${new URL(url).pathname}`);
  return {
    say(message) {
      print(`${name} → ${JSON.stringify(message)}`);
      socket.send(JSON.stringify(message));
    },
    /** The next message, which must hold what is expected. */
    async hear(expected) {
      if (heard.length === 0) await Promise.race([new Promise((resolve) => (wake = resolve)), gone(socket)]);
      const text = heard.shift();
      print(`${name} ← ${text}`);
      if (!holds(JSON.parse(text), expected))
        throw new Error(`Expected ${JSON.stringify(expected)}, got ${text}`);
    },
    async leave() {
      socket.close();
      if (socket.readyState !== WebSocket.CLOSED) await once(socket, "close");
    },
  };
}

async function gone(socket) {
  const [code] = await once(socket, "close");
  throw new Error(`The server closed the connection with code ${code}.`);
}

/** Whether a value has at least the given members. */
const holds = (actual, expected) =>
  typeof expected === "object" && expected !== null
    ? Object.entries(expected).every(([key, value]) => holds(actual?.[key], value))
    : actual === expected;
