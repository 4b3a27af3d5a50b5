---
to: test/<%= name %>.test.ts
---
import assert from "node:assert/strict";
import { test } from "node:test";
import { <%= h.changeCase.pascal(name) %>Command } from "../src/commands/<%= name %>.command.js";

test("<%= name %>", async () => {
  assert.equal(typeof (await new <%= h.changeCase.pascal(name) %>Command().execute({ text: "hi" })), "object");
});
