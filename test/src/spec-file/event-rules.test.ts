// What the spec says of an event beside its data: what happens to it for slow clients, and how much of it is kept.
import { expect, test } from "vitest";
import { readSpec } from "../../../src/spec-file/read-spec.js";

function readEvent(rules: string) {
  const text = `wsgen: 1\nname: t\nmodules:\n  chat:\n    port: 1\n    urls: [ws]\n    events:\n      message: ${rules}\n`;
  const { value, diagnostics } = readSpec({ file: "wsgen.yaml", bytes: new TextEncoder().encode(text) });
  return {
    event: value?.modules[0]?.events[0],
    problems: diagnostics.map(({ at, message, fix }) => `${at?.line}:${at?.column} ${message}; ${fix}`),
  };
}

test.each([
  ["drop-oldest", "drop-oldest"],
  ["close", "close"],
  ["{ latest: name }", { latest: "name" }],
])("readSpec: slowConsumer: %s", (written, value) => {
  const { event, problems } = readEvent(`{ slowConsumer: ${written} }`);
  expect(problems).toEqual([]);
  expect(event?.rules.slowConsumer).toEqual({ value, at: expect.objectContaining({ line: 8, column: 32 }) });
});

test.each([
  ["{ last: 100 }", { last: 100 }],
  ["{ last: 100, for: 5m }", { last: 100, forSeconds: 300 }],
  ["{ last: 1, for: 0.5 }", { last: 1, forSeconds: 0.5 }],
])("readSpec: replay: %s", (written, value) => {
  const { event, problems } = readEvent(`{ replay: ${written} }`);
  expect(problems).toEqual([]);
  expect(event?.rules.replay?.value).toEqual(value);
});

test("readSpec: an event has no rules by default", () => {
  expect(readEvent("{ description: x }").event).toMatchObject({ rules: {} });
});

test.each([
  [
    "{ slowConsumer: drop-old }",
    /8:32 .*slowConsumer' must be one of close, drop-newest, drop-oldest.*drop-old/,
  ],
  ["{ slowConsumer: { last: a } }", /8:18 .*slowConsumer' has no key 'latest'\./],
  ["{ slowConsumer: { latest: '' } }", /8:42 .*must not be empty/],
  ["{ replay: 100 }", /8:26 .*replay' must be a mapping, found 100/],
  ["{ replay: { for: 60s } }", /8:18 .*replay' has no key 'last'\.; Add `last: 100`\./],
  ["{ replay: { last: 0 } }", /8:34 .*must be a number of events from 1 to 10000, found 0/],
  ["{ replay: { last: 1, for: soon } }", /8:42 .*must be a duration/],
])("readSpec: %s is refused with its place", (rules, problem) => {
  expect(readEvent(rules).problems[0]).toMatch(problem);
});
