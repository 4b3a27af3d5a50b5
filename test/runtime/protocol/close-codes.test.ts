import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSendableCloseCode, truncateCloseReason } from "../../../runtime/src/close-codes.js";

describe("isSendableCloseCode", () => {
  it.each([1000, 1001, 1002, 1003, 1007, 1011, 1014, 3000, 4000, 4999])("%i may be sent", (code) => {
    expect(isSendableCloseCode(code)).toBe(true);
  });

  it.each([0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, -1, 1000.5, Number.NaN])(
    "%d may not",
    (code) => {
      expect(isSendableCloseCode(code)).toBe(false);
    },
  );
});

describe("truncateCloseReason", () => {
  it("keeps a reason of 123 bytes", () => {
    expect(truncateCloseReason("a".repeat(123))).toBe("a".repeat(123));
  });

  it("counts bytes, not characters", () => {
    expect(truncateCloseReason("é".repeat(100))).toBe("é".repeat(61));
    expect(truncateCloseReason(`a${"😀".repeat(31)}`)).toBe(`a${"😀".repeat(30)}`);
  });

  it("gives the longest whole-character prefix of any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (reason) => {
        const cut = truncateCloseReason(reason);
        expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(123);
        expect(reason.startsWith(cut)).toBe(true);
        const next = [...reason.slice(cut.length)][0] ?? "";
        if (next !== "") expect(Buffer.byteLength(cut + next)).toBeGreaterThan(123);
      }),
    );
  });
});
