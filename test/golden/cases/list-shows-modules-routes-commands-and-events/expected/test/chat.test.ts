// Yours: created once by wsgen, never touched again.
import assert from "node:assert/strict";
import { test } from "node:test";
import { connectClient, type ReplyError, startModules } from "wsgen-runtime/testing";
import { ChatModule } from "../src/modules/chat/chat.module.js";

test("the module chat takes a client and knows its commands", async () => {
  await using server = await startModules(new ChatModule());
  await using client = await connectClient(server.url("/chat/ws"));
  for (const command of ["ping", "say", "history"]) {
    const code = await client.request(command).then(
      () => "answered",
      (error: ReplyError) => error.code,
    );
    assert.notEqual(code, "unknown_command", `the command ${command} is not registered`);
  }
});
