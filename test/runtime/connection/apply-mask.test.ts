import fc from "fast-check";
import { expect, test } from "vitest";
import { applyMask } from "../../../runtime/src/connection/ws-internals/whole-frames.js";

test("every byte is changed by its own byte of the mask, whatever its address, and no other", () => {
  const run = fc.record({
    memory: fc.uint8Array({ minLength: 24, maxLength: 300 }),
    offset: fc.nat({ max: 7 }),
    before: fc.nat({ max: 7 }),
    after: fc.nat({ max: 5 }),
  });
  fc.assert(
    fc.property(run, ({ memory, offset, before, after }) => {
      const bytes = Buffer.from(memory.buffer, memory.byteOffset, memory.length).subarray(offset);
      const start = 4 + before;
      const end = Math.max(start, bytes.length - after);
      const given = Buffer.from(bytes);
      applyMask(bytes, 0, start, end);
      const expected = given.map((byte, at) =>
        at < start || at >= end ? byte : byte ^ (given[(at - start) & 3] as number),
      );
      expect(Buffer.from(bytes).equals(expected)).toBe(true);
      applyMask(bytes, 0, start, end);
      expect(bytes.equals(given)).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});
