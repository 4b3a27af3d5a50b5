// The page of the chat: the generated client, and what it says on the screen. No build step: plain modules.
import { createChatClient, isSayError } from "./client/chat.client.gen.js";
import { createResume } from "./client/wsgen-client.gen.js";

const room = "lobby";
const [messages, state, join, say] = ["messages", "state", "join", "say"].map((id) =>
  document.getElementById(id),
);

join.addEventListener("submit", (event) => {
  event.preventDefault();
  const name = join.elements.name.value.trim();
  join.hidden = true;
  say.hidden = false;
  say.elements.text.focus();
  chatAs(name);
});

function chatAs(name) {
  const address = new URL(`../rooms/${room}?name=${encodeURIComponent(name)}`, location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  // What is said while the connection is away comes with the next one; if the server has lost it too, we load what it has.
  const resume = createResume({ onGap: () => loadHistory() });
  const client = createChatClient(address, { resume, backOff: { maxMs: 5_000 } });
  const shown = new Map();
  let unanswered = 0;
  const early = [];
  // Lines whose reply was lost with the connection: the server may have them, and then we hear of them.
  const doubtful = [];

  const show = (message) => {
    const isOwn = message.from === name;
    // An event may overtake its own reply: only the reply says which of our lines it is, so it waits for that.
    if (unanswered > 0 && isOwn && !shown.has(message.id)) {
      early.push(message);
      return;
    }
    if (!shown.has(message.id))
      shown.set(message.id, (isOwn && takeDoubtful(message)) || addItem(message, isOwn));
  };
  const takeDoubtful = ({ text }) => {
    const index = doubtful.findIndex((line) => line.text === text);
    if (index < 0) return undefined;
    const [{ item }] = doubtful.splice(index, 1);
    item.className = "own";
    item.title = "";
    return item;
  };
  client.on("message", show);
  client.onState(showState);
  const loadHistory = () =>
    client
      .history({ room }, { isIdempotent: true })
      .then((reply) => reply.messages.forEach(show), console.warn);
  loadHistory();
  addEventListener("online", client.retryNow);

  say.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = say.elements.text.value.trim();
    say.reset();
    // Without a connection it waits for one, and goes out then.
    const item = addItem({ from: name, text, sentAt: new Date().toISOString() }, true);
    item.className = "own pending";
    unanswered += 1;
    try {
      const { id } = await client.say({ room, text });
      shown.get(id)?.remove();
      shown.set(id, item);
      item.className = "own";
    } catch (error) {
      item.className = "own failed";
      item.title = `Not delivered: ${reasonOf(error)}`;
      if (error.wasSent) doubtful.push({ text, item });
    }
    unanswered -= 1;
    early.splice(0).forEach(show);
  });
}

function reasonOf(error) {
  if (isSayError(error) && error.code === "not_in_room")
    return `you are not in the room ${error.details.room}.`;
  return error.message;
}

function showState(change) {
  const texts = {
    connecting: "connecting …",
    open: "connected",
    waiting: `offline, next attempt in ${(change.delayMs / 1_000).toFixed(1)} s`,
    closed: `closed: ${change.error?.message}`,
  };
  state.dataset.state = change.state;
  state.textContent = texts[change.state];
}

function addItem({ from, text, sentAt }, isOwn) {
  const item = document.createElement("li");
  const head = document.createElement("small");
  head.textContent = `${from}, ${new Date(sentAt).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}`;
  item.append(head, text);
  item.className = isOwn ? "own" : "";
  messages.append(item);
  item.scrollIntoView({ block: "end" });
  return item;
}
