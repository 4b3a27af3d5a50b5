// Yours: created once by wsgen, never touched again.
import assert from "node:assert/strict";
import { test } from "node:test";
import { connectClient, type ReplyError, startModules } from "wsgen-runtime/testing";
import { PresenceModule } from "../src/modules/presence/presence.module.js";

test("the module presence takes a client and knows its commands", async () => {
  await using server = await startModules(new PresenceModule());
  await using client = await connectClient(server.url("/presence/ws"));
  for (const command of ["ping", "who", "status.set"]) {
    const code = await client.request(command).then(
      () => "answered",
      (error: ReplyError) => error.code,
    );
    assert.notEqual(code, "unknown_command", `the command ${command} is not registered`);
  }
});
