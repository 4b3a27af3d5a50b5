// @ts-check
// The page of the chat: the generated client, and what it says on the screen. No build step: plain modules.
import { createChatClient, isSayError } from "./client/chat.client.gen.js";
import { ClientError, createResume } from "./client/wsgen-client.gen.js";

/** @import { Message } from "./client/chat.client.gen.js" */
/** @import { StateChange } from "./client/wsgen-client.gen.js" */

const room = "lobby";
const messages = find("messages", HTMLOListElement);
const state = find("state", HTMLParagraphElement);
const join = find("join", HTMLFormElement);
const nameField = find("name", HTMLInputElement);
const say = find("say", HTMLFormElement);
const textField = find("text", HTMLInputElement);

join.addEventListener("submit", (event) => {
  event.preventDefault();
  join.hidden = true;
  say.hidden = false;
  textField.focus();
  chatAs(nameField.value.trim());
});

/** @param {string} name */
function chatAs(name) {
  const base = new URL("../..", location.href);
  base.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  // What is said while the connection is away comes with the next one; if the server has lost it too, we load what it has.
  const resume = createResume({ onGap: () => loadHistory() });
  const client = createChatClient(base, {
    ...{ params: { room }, query: { name } },
    ...{ resume, backOff: { maxMs: 5_000 } },
  });
  /** @type {Map<string, HTMLElement>} */
  const shown = new Map();
  let unanswered = 0;
  /** @type {Message[]} */
  const early = [];
  /**
   * Lines whose reply was lost with the connection: the server may have them, and then we hear of them.
   * @type {{ text: string, item: HTMLElement }[]}
   */
  const doubtful = [];

  /** @param {Message} message */
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
  /** @param {Message} message */
  const takeDoubtful = ({ text }) => {
    const index = doubtful.findIndex((line) => line.text === text);
    const [line] = index < 0 ? [] : doubtful.splice(index, 1);
    if (line === undefined) return undefined;
    line.item.className = "own";
    line.item.title = "";
    return line.item;
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
    const text = textField.value.trim();
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
      if (error instanceof ClientError && error.wasSent) doubtful.push({ text, item });
    }
    unanswered -= 1;
    early.splice(0).forEach(show);
  });
}

/** @param {unknown} error */
function reasonOf(error) {
  if (isSayError(error) && error.code === "not_in_room")
    return `you are not in the room ${error.details.room}.`;
  return error instanceof Error ? error.message : String(error);
}

/** @param {StateChange} change */
function showState(change) {
  state.dataset.state = change.state;
  state.textContent = describeState(change);
}

/** @param {StateChange} change */
function describeState(change) {
  switch (change.state) {
    case "connecting":
      return "connecting …";
    case "open":
      return "connected";
    case "waiting":
      return `offline, next attempt in ${(change.delayMs / 1_000).toFixed(1)} s`;
    case "closed":
      return `closed: ${change.error?.message}`;
  }
}

/**
 * @param {Pick<Message, "from" | "text" | "sentAt">} message
 * @param {boolean} isOwn
 */
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

/**
 * An element of the page.
 * @template {HTMLElement} Type
 * @param {string} id
 * @param {new () => Type} type
 */
function find(id, type) {
  const element = document.getElementById(id);
  if (element instanceof type) return element;
  throw new TypeError(`The page has no ${type.name} with the id "${id}".`);
}
