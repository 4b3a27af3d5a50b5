// Three people use the board of a running server: `node dist/test/conversation.js`, or with another base URL behind it.
import { WebSocket } from "wsgen-runtime/testing";
import { createAccountClient } from "../client/account.client.gen.js";
import { createActivityClient } from "../client/activity.client.gen.js";
import { createBoardClient, isAddError, isMoveError } from "../client/board.client.gen.js";

const [, , base = "ws://localhost:10110"] = process.argv;

async function login(name: string): Promise<string> {
  await using account = createAccountClient(`${base}/account/ws`, { WebSocket });
  const { token } = await account.login({ name, password: `${name}'s secret` });
  return token;
}

async function openBoard(name: string) {
  const token = await login(name);
  const board = createBoardClient(base, { WebSocket, params: { board: "demo" }, query: { token } });
  const { role, cards } = await board.cards();
  console.log(`${name} opens the board as ${role}. Cards: ${cards.length}.`);
  return board;
}

await using ann = await openBoard("ann");
ann.on("memberCame", ({ state }) => console.log(`ann sees that ${state.name} comes, as ${state.role}.`));
await using bob = await openBoard("bob");
await using cid = await openBoard("cid");
cid.on("changed", ({ title, column, version, file }) => {
  const attached = file === undefined ? "" : `, with ${file}`;
  console.log(`cid sees the card "${title}": ${column}, version ${version}${attached}.`);
});

const card = await bob.add({ title: "Try the board" });
await bob.move({ number: card.number, column: "doing", version: card.version });
try {
  await ann.move({ number: card.number, column: "done", version: card.version });
} catch (error) {
  if (!isMoveError(error) || error.code !== "outdated") throw error;
  console.log(`ann is too late: the card is ${error.details.current.column} already.`);
}
await bob.attach({
  ...{ number: card.number, name: "hello.txt" },
  content: new TextEncoder().encode("Hello, cid!"),
});
const { name, content } = await cid.file({ number: card.number });
console.log(`cid reads ${name}: ${new TextDecoder().decode(content)}`);

try {
  await cid.add({ title: "Something of mine" });
} catch (error) {
  if (!isAddError(error) || error.code !== "not_allowed") throw error;
  console.log(`cid may not add cards: a ${error.details.needed} may.`);
}

await using activity = createActivityClient(base, {
  WebSocket,
  query: { token: await login("ann"), last: 2 },
});
const happenings = activity.events("happened");
for (const happening of [await happenings.next(), await happenings.next()]) {
  if (!happening.done) console.log(`The activity shows: ${happening.value.by} ${happening.value.text}.`);
}
