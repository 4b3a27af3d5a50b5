import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { addressBlock, TokenBucket } from "../connection/limits.js";
import type { Logger } from "../contract.js";
import { RefusalLog } from "../logging/refusal-log.js";

/** Limited: it is wrong, and so were too many before it from the same address. */
export type TokenVerdict = "right" | "wrong" | "limited";

/** After that time at most, a limited address has another attempt. */
export const retryAfterSeconds = 6;
const failureRate = { burst: 10, perSecond: 1 / retryAfterSeconds };

/** Addresses whose failures are counted; the one that failed least recently is forgotten for a new one. */
const maxAddresses = 4_096;

/**
 * Tests the `Authorization` header of requests (RFC 6750 §2.1). The hashes are compared in constant time, so neither
 * the length nor the beginning of the token can be found by measuring. Failures are logged and limited for each address;
 * a limit never holds against the right token, so nobody can lock out those who have it.
 */
export function createTokenCheck(token: string, log: Logger): (request: IncomingMessage) => TokenVerdict {
  const expected = hash(token);
  const failures = new Map<string, TokenBucket>();
  const refusals = new RefusalLog(log, "warn");
  return ({ headers: { authorization = "" }, method, socket, url = "" }) => {
    const given = /^bearer +(\S+) *$/i.exec(authorization)?.[1] ?? "";
    if (timingSafeEqual(hash(given), expected)) return "right";
    const { remoteAddress = "" } = socket;
    // A query may hold a token that somebody has put there.
    const found = `${method} ${url.split("?", 1)[0]}`;
    refusals.note("admin_token", { decidedBy: "the token of the admin API", remoteAddress, found });
    return countFailure(failures, addressBlock(remoteAddress)) ? "wrong" : "limited";
  };
}

/** False: there were too many from this address. */
function countFailure(failures: Map<string, TokenBucket>, address: string): boolean {
  const bucket = failures.get(address) ?? new TokenBucket(failureRate);
  // Last, so that the first is the one that failed least recently.
  failures.delete(address);
  failures.set(address, bucket);
  const [oldest = ""] = failures.keys();
  if (failures.size > maxAddresses) failures.delete(oldest);
  return bucket.take();
}

const hash = (text: string): Buffer => createHash("sha256").update(text).digest();
