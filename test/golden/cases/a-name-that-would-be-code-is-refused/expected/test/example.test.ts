// Yours: created once by wsgen, never touched again.
import assert from "node:assert/strict";
import { test } from "node:test";
import { connectClient, type ReplyError, startModules } from "wsgen-runtime/testing";
import { ExampleModule } from "../src/modules/example/example.module.js";

test("the module example takes a client and knows its commands", async () => {
  await using server = await startModules(new ExampleModule());
  await using client = await connectClient(server.url("/example/ws/test"));
  for (const command of ["ping"]) {
    const code = await client.request(command).then(
      () => "answered",
      (error: ReplyError) => error.code,
    );
    assert.notEqual(code, "unknown_command", `the command ${command} is not registered`);
  }
});
