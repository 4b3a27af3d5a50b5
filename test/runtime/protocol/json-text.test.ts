import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exceedsJsonDepth as exceedsDepthOfBytes } from "../../../runtime/src/protocol/codec.js";

const depthOf = (value: unknown): number =>
  typeof value === "object" && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;

const exceedsJsonDepth = (text: string, limit: number) => exceedsDepthOfBytes(Buffer.from(text), limit);

describe("exceedsJsonDepth", () => {
  it("setMaxJsonDepth: allows the limit and refuses one more", () => {
    expect(exceedsJsonDepth("[".repeat(64) + "]".repeat(64), 64)).toBe(false);
    expect(exceedsJsonDepth("[".repeat(65) + "]".repeat(65), 64)).toBe(true);
  });

  it("does not count brackets in strings, or side by side", () => {
    expect(exceedsJsonDepth(JSON.stringify(["[{".repeat(200), '\\"[[[', "]}"]), 3)).toBe(false);
    expect(exceedsJsonDepth(JSON.stringify(Array(200).fill([])), 2)).toBe(false);
  });

  it("finds the end of long strings, however they are escaped", () => {
    const piece = fc.constantFrom('"', "\\", "[", "a".repeat(23), "a".repeat(24), "a".repeat(100));
    const text = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(""));
    fc.assert(
      fc.property(text, (inner) => {
        expect(exceedsJsonDepth(JSON.stringify([inner, [1]]), 1)).toBe(true);
        expect(exceedsJsonDepth(JSON.stringify([inner, [1]]), 2)).toBe(false);
      }),
    );
  });

  it("agrees with the depth of the value, whatever it is", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), fc.integer({ min: 1, max: 8 }), (value, limit) => {
        expect(exceedsJsonDepth(JSON.stringify(value), limit)).toBe(depthOf(value) > limit);
      }),
    );
  });
});
