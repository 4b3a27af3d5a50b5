import { expect, test } from "vitest";
import type { Entry } from "../../../src/contract-diff/contract-side.js";
import { suggestEntryRename } from "../../../src/contract-diff/match-modules.js";
import { combineEffects } from "../../../src/contract-diff/schema/schema-change.js";

const entry = (flag: string, name: string): Entry =>
  ({
    ...{ kind: "command", name, where: `${flag}.${name}`, module: { flag } },
    schemas: new Map([["request", { schema: { type: "object" } }]]),
  }) as unknown as Entry;

test("suggestEntryRename: prefers the command of the same module", () => {
  expect(suggestEntryRename(entry("a", "old"), [entry("b", "new"), entry("a", "new")])).toContain("a.new");
});

test("combineEffects: an unknown effect stays unknown", () => {
  expect([combineEffects("unknown", "narrowed"), combineEffects("widened", "unknown")]).toEqual([
    "unknown",
    "unknown",
  ]);
  expect(combineEffects("narrowed", "widened")).toBe("changed");
});
