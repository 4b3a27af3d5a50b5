import fc from "fast-check";
import { expect, test } from "vitest";
import { packHeaders, unpackHeaders } from "../../../runtime/src/connection/headers.js";

const value = fc.string({ unit: fc.constantFrom("a", " ", "é", "{", '"', "\n", "获") });
const headers = fc.dictionary(
  fc.constantFrom("host", "cookie", "x-name", "set-cookie", "7"),
  fc.oneof(value, fc.array(value)),
);

test("any headers come out as they went in, in their order", () => {
  fc.assert(
    fc.property(headers, (given) => {
      const unpacked = unpackHeaders(packHeaders(given));
      expect(Object.entries(unpacked)).toEqual(Object.entries(given));
    }),
  );
});

test("headers of the same names share them", () => {
  const names = Array.from({ length: 20 }, (_, index) => `x-the-name-of-a-header-${index}`);
  const packed = packHeaders(Object.fromEntries(names.map((name) => [name, "1"])));
  expect(packed.length).toBeLessThan(60);
});

test("more kinds of clients than there is room for, and names that are too long, are kept as they are", () => {
  const kinds = Array.from({ length: 1_000 }, (_, index) => ({ [`x-kind-${index}`]: String(index) }));
  const long = { ["x".repeat(2_000)]: "1" };
  const packed = [...kinds, long].map(packHeaders);
  expect(packed.map(unpackHeaders)).toEqual([...kinds, long]);
  expect(packed.filter((text) => text.startsWith("{")).length).toBeGreaterThan(700);
});
