import type { IncomingMessage } from "node:http";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { retryAfterSeconds, tokenAccess } from "../../../runtime/src/operations/admin-access.js";
import { AdminError } from "../../../runtime/src/operations/admin-error.js";
import { recordingLogger } from "../support/recording-logger.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function start() {
  const logger = recordingLogger();
  const access = tokenAccess([{ name: "admin", token: "0123456789abcdef", rights: ["read"] }], logger);
  const verdicts = new Map([
    [401, "wrong"],
    [429, "limited"],
  ]);
  const ask = (remoteAddress: string, token = "wrong", url = "/modules?token=secret") => {
    const headers = { authorization: `Bearer ${token}` };
    const answer = access({ headers, method: "GET", url, socket: { remoteAddress } } as IncomingMessage);
    return answer instanceof AdminError ? verdicts.get(answer.status) : "right";
  };
  const exhaust = (address: string): void => {
    for (let number = 0; number < 10; number += 1) expect(ask(address)).toBe("wrong");
    expect(ask(address)).toBe("limited");
  };
  return { lines: logger.lines, ask, exhaust };
}

describe("a failure", () => {
  test("counts by address in a bounded table", () => {
    const { ask, exhaust } = start();
    exhaust("203.0.113.7");
    expect(ask("::ffff:203.0.113.7")).toBe("limited");
    expect(ask("203.0.113.8")).toBe("wrong");
    exhaust("2001:db8::1");
    expect(ask("2001:db8::ffff:2")).toBe("limited");
    expect(ask("2001:db8:0:1::1")).toBe("wrong");
    expect(ask("203.0.113.7", "0123456789abcdef")).toBe("right");
    expect(ask("203.0.113.7")).toBe("limited");
    for (let number = 0; number < 4_096; number += 1) ask(`10.0.${number >> 8}.${number & 255}`);
    expect(ask("203.0.113.7")).toBe("wrong");
  });

  test("may be repeated after the time of Retry-After", () => {
    const { ask, exhaust } = start();
    exhaust("203.0.113.7");
    vi.advanceTimersByTime(retryAfterSeconds * 1_000);
    expect(ask("203.0.113.7")).toBe("wrong");
    expect(ask("203.0.113.7")).toBe("limited");
  });

  test("writes a line a second, with the number of those left out", () => {
    const { lines, ask } = start();
    for (let number = 0; number < 1_000; number += 1) ask("203.0.113.7", "wrong", `/${number}?token=secret`);
    vi.advanceTimersByTime(2_000);
    expect(vi.getTimerCount()).toBe(0);
    const line = { reason: "admin_token", decidedBy: expect.any(String), remoteAddress: "203.0.113.7" };
    expect(lines).toEqual([
      { level: "warn", message: "refused", fields: { ...line, found: "GET another path" } },
      { level: "warn", message: "refused", fields: { ...line, found: "GET another path", omitted: 998 } },
    ]);
  });
});
