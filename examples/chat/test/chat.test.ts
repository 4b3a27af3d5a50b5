// Yours: wsgen creates this file once; only `rename` and `remove` edit it later.
import assert from "node:assert/strict";
import { test } from "node:test";
import { connectClient, HandshakeRefused, startModules, WebSocket } from "wsgen-runtime/testing";
import { createChatClient, isSayError } from "../client/chat.client.gen.js";
import { ChatModule } from "../src/modules/chat/chat.module.js";

/** A server, and typed clients in the lobby. */
async function start() {
  const server = await startModules(new ChatModule());
  const base = new URL(server.url("/chat")).origin;
  return {
    enter: (name: string) =>
      createChatClient(base, { WebSocket, params: { room: "lobby" }, query: { name } }),
    [Symbol.asyncDispose]: () => server.close(),
  };
}

test("what one says in a room is heard by the others, and kept", async () => {
  await using server = await start();
  await using ann = server.enter("ann");
  await using bob = server.enter("bob");
  await bob.ping();

  const heard = bob.once("message");
  const said = await ann.say({ room: "lobby", text: "hi" });
  const message = await heard;
  assert.deepEqual([message.from, message.text], ["ann", "hi"]);
  assert.deepEqual(said, { id: message.id, delivered: 2 });
  assert.deepEqual(await bob.history({ room: "lobby" }), { messages: [message] });
});

test("who is not in a room cannot speak there", async () => {
  await using server = await start();
  await using ann = server.enter("ann");

  const error = await ann.say({ room: "attic", text: "hi" }).catch((thrown: unknown) => thrown);
  assert.ok(isSayError(error) && error.code === "not_in_room");
  assert.equal(error.details.room, "attic");
});

test("who does not say a name is refused", async () => {
  await using server = await startModules(new ChatModule());
  await assert.rejects(
    connectClient(server.url("/chat/ws")),
    (error) => error instanceof HandshakeRefused && error.status === 401,
  );
});
