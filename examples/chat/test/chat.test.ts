// Yours: wsgen creates this file once; only `rename` and `remove` edit it later.
import assert from "node:assert/strict";
import { test } from "node:test";
import { connectClient, type HandshakeRefused, startModules } from "wsgen-runtime/testing";
import { isSayError } from "../client/chat.client.gen.js";
import type { SayReply } from "../src/modules/chat/chat.gen.js";
import { ChatModule } from "../src/modules/chat/chat.module.js";
import type { Message } from "../src/schemas.gen.js";

test("what one says in a room is heard by the others, and kept", async () => {
  await using server = await startModules(new ChatModule());
  await using ann = await connectClient(server.url("/chat/rooms/lobby?name=ann"));
  await using bob = await connectClient(server.url("/chat/rooms/lobby?name=bob"));

  const said = (await ann.request("say", { room: "lobby", text: "hi" })) as SayReply;
  const { event, data } = (await bob.next()) as { event: string; data: Message };
  assert.deepEqual([event, data.from, data.text], ["message", "ann", "hi"]);
  assert.deepEqual(said, { id: data.id, delivered: 2 });

  const { messages } = (await bob.request("history", { room: "lobby" })) as { messages: unknown[] };
  assert.deepEqual(messages, [data]);
});

test("who is not in a room cannot speak there", async () => {
  await using server = await startModules(new ChatModule());
  await using ann = await connectClient(server.url("/chat/rooms/lobby?name=ann"));

  const error: unknown = await ann.request("say", { room: "attic", text: "hi" }).catch((thrown) => thrown);
  assert.ok(isSayError(error) && error.code === "not_in_room");
  assert.equal(error.details.room, "attic");
});

test("who does not say a name is refused", async () => {
  await using server = await startModules(new ChatModule());
  await assert.rejects(
    connectClient(server.url("/chat/ws")),
    (error: HandshakeRefused) => error.status === 401,
  );
});
