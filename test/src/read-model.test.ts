// A spec that is wrong in one place gets a diagnostic, never an exception.
import fc from "fast-check";
import { expect, test } from "vitest";
import { readModel } from "../../src/read-model.js";
import { arbitrarySpec } from "./spec-file/arbitrary-spec.js";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Every place in a document, as the keys that lead to it. */
function placesIn(value: Json): (string | number)[][] {
  if (typeof value !== "object" || value === null) return [[]];
  const entries: [string | number, Json][] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value);
  return [[], ...entries.flatMap(([key, member]) => placesIn(member).map((place) => [key, ...place]))];
}

function replaceAt(value: Json, [key, ...rest]: (string | number)[], by: Json): Json {
  if (key === undefined) return by;
  const copy = structuredClone(value) as Record<string | number, Json>;
  copy[key] = replaceAt(copy[key] as Json, rest, by);
  return copy as Json;
}

const odd = fc.oneof(
  fc.constantFrom<Json>(null, true, false, 0, -1, 1.5, 1e308, "", "msgpack", "__proto__", [], {}, [null], {
    a: 1,
  }),
  fc.jsonValue() as fc.Arbitrary<Json>,
);

test("one node of a valid spec that becomes something else is understood or refused with a place", () => {
  fc.assert(
    fc.property(arbitrarySpec, fc.nat(), odd, (spec, number, by) => {
      const valid = { wsgen: 1, ...(spec as object) } as Json;
      const places = placesIn(valid);
      const broken = replaceAt(valid, places[number % places.length] ?? [], by);
      const bytes = new TextEncoder().encode(JSON.stringify(broken));
      const { value, diagnostics } = readModel({ file: "wsgen.yaml", bytes });
      expect(value !== undefined || diagnostics.length > 0).toBe(true);
    }),
    { numRuns: 400 },
  );
});

test.each([
  ["envelope", "msgpack"],
  ["envelope", true],
  ["envelope", []],
  ["log", "yes"],
  ["tls", 1],
  ["commandRate", {}],
  ["inboundQueue", null],
  ["admin", []],
])("config: { %s: %j } is a diagnostic", (option, value) => {
  const spec = {
    wsgen: 1,
    name: "a",
    modules: { chat: { port: 1, urls: ["ws"], config: { [option]: value } } },
  };
  const { diagnostics } = readModel({ file: "wsgen.yaml", bytes: Buffer.from(JSON.stringify(spec)) });
  expect(diagnostics.map(({ severity }) => severity)).toContain("error");
});
