// Yours: created once by wsgen, never touched again.
import assert from "node:assert/strict";
import { test } from "node:test";
import { connectClient, type HandshakeRefused, startModules } from "wsgen-runtime/testing";
import { ChatModule } from "../src/modules/chat/chat.module.js";

test("what one says in a room is heard by the others, and kept", async () => {
  await using server = await startModules(new ChatModule());
  await using ann = await connectClient(server.url("/chat/rooms/lobby?name=ann"));
  await using bob = await connectClient(server.url("/chat/rooms/lobby?name=bob"));

  assert.deepEqual(await ann.request("say", { room: "lobby", text: "hi" }), { delivered: 1 });
  const { event, data } = (await bob.next()) as { event: string; data: { from: string; text: string } };
  assert.deepEqual([event, data.from, data.text], ["message", "ann", "hi"]);

  const { messages } = (await bob.request("history", { room: "lobby" })) as { messages: unknown[] };
  assert.deepEqual(messages, [data]);
});

test("who does not say a name is refused", async () => {
  await using server = await startModules(new ChatModule());
  await assert.rejects(
    connectClient(server.url("/chat/ws")),
    (error: HandshakeRefused) => error.status === 401,
  );
});
