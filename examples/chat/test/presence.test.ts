import assert from "node:assert/strict";
import { test } from "node:test";
import { startModules, WebSocket } from "wsgen-runtime/testing";
import { createPresenceClient } from "../client/presence.client.gen.js";
import { PresenceModule } from "../src/modules/presence/presence.module.js";

test("everybody sees who comes, what they do, and who leaves", async () => {
  await using server = await startModules(new PresenceModule());
  const base = new URL(server.url("/presence")).origin;
  const enter = (name?: string) => createPresenceClient(base, { WebSocket, query: { name } });

  await using ann = enter("ann");
  assert.deepEqual(await ann.who(), { people: [{ name: "ann", status: "online" }] });

  const came = ann.once("came");
  const bob = enter();
  assert.deepEqual((await came).state, { name: "somebody", status: "online" });

  const changed = ann.once("status.changed");
  await bob.statusSet({ status: "busy" });
  assert.deepEqual(await changed, { name: "somebody", status: "busy" });
  assert.deepEqual(
    (await ann.who()).people.map(({ status }) => status),
    ["online", "busy"],
  );

  const left = ann.once("left");
  await bob.close();
  assert.equal((await left).state.name, "somebody");
});
