import { expect, test } from "vitest";
import type { Entry, ErrorEntry } from "../../../src/contract-diff/contract-side.js";
import { suggestEntryRename, suggestErrorRename } from "../../../src/contract-diff/match-modules.js";
import { combineEffects } from "../../../src/contract-diff/schema/schema-change.js";

const entry = (flag: string, name: string): Entry =>
  ({
    ...{ kind: "command", name, where: `${flag}.${name}`, module: { flag } },
    schemas: new Map([["request", { schema: { type: "object" } }]]),
  }) as unknown as Entry;

test("suggestEntryRename: prefers the command of the same module", () => {
  expect(suggestEntryRename(entry("a", "old"), [entry("b", "new"), entry("a", "new")])).toContain("a.new");
});

const error = (code: string, shape: { description?: string; details?: object }): ErrorEntry =>
  ({
    where: `chat error ${code}`,
    error: { description: shape.description ?? "" },
    details: shape.details && { schema: shape.details },
  }) as unknown as ErrorEntry;

test("suggestErrorRename: the same description and details, if there are any", () => {
  const full = { description: "The room is full.", details: { type: "object" } };
  const suggested = suggestErrorRename(error("a", full), [error("b", {}), error("c", { ...full })]);
  expect(suggested).toBe("; 'chat error c' is new and has the same shape: was it renamed?");
  expect(suggestErrorRename(error("a", {}), [error("b", {})])).toBe("");
  expect(suggestErrorRename(error("a", full), [error("b", { ...full, details: {} })])).toBe("");
  expect(suggestErrorRename(error("a", full), [error("b", { ...full, description: "" })])).toBe("");
});

test("combineEffects: an unknown effect stays unknown", () => {
  expect([combineEffects("unknown", "narrowed"), combineEffects("widened", "unknown")]).toEqual([
    "unknown",
    "unknown",
  ]);
  expect(combineEffects("narrowed", "widened")).toBe("changed");
});
