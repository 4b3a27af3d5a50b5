// excerpt: a log line shows the beginning of a message, whatever the message is.
import fc from "fast-check";
import { expect, test } from "vitest";
import { excerpt } from "../../../runtime/src/logging/excerpt.js";

test("shows a short message as it is", () => {
  const message = { room: "lobby", text: "hi", tags: ["a", 1, null, true], at: new Date(0) };
  expect(excerpt(message)).toEqual({ ...message, at: "1970-01-01T00:00:00.000Z" });
});

test("cuts strings and lists with a note of their length, and shows bytes as their number", () => {
  expect(excerpt({ text: "x".repeat(5_000) })).toEqual({
    text: expect.stringMatching(/^x{900,1024}… \(5000 characters\)$/),
  });
  const list = (excerpt(Array.from({ length: 10_000 }, () => 1)) as unknown[]).at(-1);
  expect(list).toBe("… (10000 items)");
  expect(excerpt({ file: Buffer.alloc(2 ** 21) })).toEqual({ file: "2097152 bytes" });
});

test("keeps members in their places, so that a secret at a redacted path stays one", () => {
  expect(excerpt({ a: { password: "secret" }, text: "x".repeat(9_000) })).toMatchObject({
    a: { password: "secret" },
  });
});

test("never throws, and is never longer than a few KiB", () => {
  const circle: Record<string, unknown> = {};
  circle[""] = circle;
  const trap = Object.defineProperty({}, "a", {
    enumerable: true,
    get() {
      throw new Error("trap");
    },
  });
  for (const odd of [circle, trap, 1n, Symbol.iterator, undefined, () => 1]) excerpt(odd);
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
      expect(JSON.stringify(excerpt(value)).length).toBeLessThan(20_000);
    }),
  );
});
