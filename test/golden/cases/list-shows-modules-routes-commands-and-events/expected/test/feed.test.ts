// Yours: created once by wsgen, never touched again.
import assert from "node:assert/strict";
import { test } from "node:test";
import { connectClient, type ReplyError, startModules } from "wsgen-runtime/testing";
import { FeedModule } from "../src/modules/feed/feed.module.js";

test("the module feed takes a client and knows its commands", async () => {
  await using server = await startModules(new FeedModule());
  await using client = await connectClient(server.url("/feed/files/path"));
  for (const command of ["stat"]) {
    const code = await client.request(command).then(
      () => "answered",
      (error: ReplyError) => error.code,
    );
    assert.notEqual(code, "unknown_command", `the command ${command} is not registered`);
  }
});
