// `presence:` of a module: its state, and the events of joins and leaves.
import { describe, expect, test } from "vitest";
import { readModel } from "../../../src/read-model.js";
import { removeEntry, renameEntry } from "../../../src/spec-file/edit-spec.js";

const file = "wsgen.yaml";

/** A spec whose module has these lines; the first is line 9. */
const spec = (lines: string): string => `wsgen: 1
name: t
schemas:
  Person: { type: object }
modules:
  chat:
    port: 1
    urls: [ws]
${lines.replace(/^/gm, "    ")}
`;

function read(lines: string) {
  const { value, diagnostics } = readModel({ file, bytes: new TextEncoder().encode(spec(lines)) });
  return {
    module: value?.modules[0],
    problems: diagnostics.map(
      ({ at, code, message, fix }) => `${at?.line}:${at?.column} ${message} [${code}] ${fix}`,
    ),
  };
}

const events = "events: { joined: , left: , message: { data: { type: string } } }";

describe("presence", () => {
  test("has the schema of a state in its short form, and gives its events their data", () => {
    const { module, problems } = read(
      `presence: { state: { user: { type: string }, away?: { type: boolean } }, join: joined, leave: left }\n${events}`,
    );
    expect(problems).toEqual([]);
    const state = {
      type: "object",
      required: ["user"],
      properties: { user: { type: "string" }, away: { type: "boolean" } },
    };
    expect(module?.presence).toMatchObject({ state, join: "joined", leave: "left" });
    const [joined, left, message] = module?.events ?? [];
    expect(joined?.data).toMatchObject({ required: ["room", "id", "state"], properties: { state } });
    expect(left?.data).toEqual(joined?.data);
    expect(message?.data).toEqual({ type: "string" });
    expect(joined?.locateData?.("/properties/state/properties/away")).toMatchObject({ line: 9, column: 57 });
    expect(joined?.locateData?.("/properties/room")).toMatchObject({ line: 9, column: 24 });
  });

  test("may have a whole schema, and no events", () => {
    const { module, problems } = read('presence: { state: { $ref: "#/schemas/Person" } }');
    expect(problems).toEqual([]);
    expect(module?.presence).toMatchObject({ state: { $ref: "#/schemas/Person" }, join: undefined });
    expect(read("commands: { say: }").module?.presence).toBeUndefined();
  });

  test.each([
    [
      "presence: {}",
      "9:5 'modules.chat.presence' has no key 'state'. [missing-key] Add `state: { name: { type: string } }`.",
    ],
    ["presence: true", "9:15 'modules.chat.presence' must be a mapping, found true."],
    [
      "presence: { state: string }",
      "9:24 'modules.chat.presence.state' must be a JSON Schema (2020-12), found the string",
    ],
    ["presence: { state: false }", "9:24 The schema false allows no public state. [invalid-schema]"],
    [
      "presence: { state: { items: { type: string } } }",
      "9:26 The key 'items' can be a keyword of JSON Schema",
    ],
    ["presence: { state: { a: {}, a?: {} } }", "9:26 The property 'a' is required here and optional"],
    [
      "presence: { state: { a: { $ref: '#/schemas/Persn' } } }",
      "9:37 Unknown schema '#/schemas/Persn'; did you mean '#/schemas/Person'?",
    ],
    [
      "presence: { state: { type: object, properties: { a: { $ref: '#' } } } }",
      "9:65 The public state has the local reference '#'; expected only shared schemas. [invalid-schema]",
    ],
    ["presence: { state: { a: {} }, joins: joined }", "9:35 Unknown key 'joins'"],
    [
      "presence: { state: { a: {} }, join: [joined] }",
      "9:41 'modules.chat.presence.join' must be the name of an event of the module, found a list.",
    ],
    [
      `presence: { state: { a: {} }, join: joind }\n${events}`,
      "9:41 The module has no event 'joind'; did you mean 'joined'? [unknown-reference] Write 'joined'.",
    ],
    [
      "presence: { state: { a: {} }, leave: left }",
      "9:42 The module has no event 'left'. [unknown-reference] Add `left:` below `events:` of the module.",
    ],
    [
      `presence: { state: { a: {} }, join: joined, leave: joined }\n${events}`,
      "9:56 'joined' is the event of both joins and leaves",
    ],
    [
      `presence: { state: { a: {} }, join: message }\n${events}`,
      "10:44 The event 'message' has the data { room, id, state }, because it is the event of `join:` below `presence:`. [invalid-value] Remove `data:`.",
    ],
    [
      "presence: { state: { a: {} }, leave: left }\nevents: { left: { replay: { last: 1 } } }",
      "10:23 The event 'left' is sent to the other members of a room only",
    ],
  ])("%j is refused with its place", (lines, problem) => {
    const { problems } = read(lines);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });

  test.each([
    ["a schema", "presence: { state: { a: {} } }", "schemas:\n  ChatPublicState: {}"],
    ["an interface", "presence: { state: { a: {} } }", "schemas:\n  ChatPresence: {}"],
  ])("claims the name of %s", (_title, lines, schemas) => {
    const text = spec(lines).replace("schemas:", schemas);
    const { diagnostics } = readModel({ file, bytes: new TextEncoder().encode(text) });
    expect(diagnostics.map(({ code }) => code)).toEqual(["name-collision"]);
  });

  test("follows the name of an event, and nothing else", () => {
    const lines = `presence:\n  # who\n  state: { left: { type: string } }\n  join: 'joined' # here\n  leave: left\n${events}`;
    const entry = { file, kind: "event", module: "chat" } as const;
    const renamed = renameEntry(spec(lines), { ...entry, name: "left", to: "gone away" });
    expect(renamed.value).toBe(
      spec(
        lines.replace("leave: left", "leave: gone away").replace("joined: , left:", "joined: , gone away:"),
      ),
    );
    const quoted = renameEntry(spec(lines), { ...entry, name: "joined", to: "true" });
    expect(quoted.value).toMatch(/join: ["']true["'] # here/);
    expect(renameEntry(spec(lines), { ...entry, name: "message", to: "text" }).value).toBe(
      spec(lines.replace("message:", "text:")),
    );
  });

  test.each([
    [
      "with its line and the comment above it",
      `presence:\n  state: { a: {} }\n  # who came\n  join: joined\n  leave: left\nevents:\n  joined:\n  left:`,
      `presence:\n  state: { a: {} }\n  leave: left\nevents:\n  left:`,
    ],
    [
      "on one line",
      `presence: { state: { a: {} }, join: joined }\nevents: { joined: , left: }`,
      `presence: { state: { a: {} } }\nevents: { left: }`,
    ],
    [
      "but not another event",
      `presence: { state: { join: { const: joined } }, leave: left }\nevents: { joined: , left: }`,
      `presence: { state: { join: { const: joined } }, leave: left }\nevents: { left: }`,
    ],
  ])("loses an event that is removed, %s", (_title, before, after) => {
    const removed = removeEntry(spec(before), { file, kind: "event", module: "chat", name: "joined" });
    expect(removed).toEqual({ value: spec(after), diagnostics: [] });
  });
});
