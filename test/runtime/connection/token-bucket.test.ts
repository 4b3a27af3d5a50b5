import { expect, test } from "vitest";
import { TokenBucket } from "../../../runtime/src/connection/limits.js";

test("a bucket lets its burst through, then what time earns once, and never more than its burst", () => {
  const bucket = new TokenBucket({ perSecond: 10, burst: 2 }, 0);
  const taken = [0, 0, 0, 50, 100, 100, 10_000, 10_000, 10_000].map((nowMs) => bucket.take(nowMs));
  expect(taken).toEqual([true, true, false, false, true, false, true, true, false]);
});
