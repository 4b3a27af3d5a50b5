import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { addressBlock } from "../connection/ip-address.js";
import { TokenBucket } from "../connection/limits.js";
import type { Logger } from "../contract.js";
import { RefusalLog } from "../logging/refusal-log.js";

/** `limited`: the token is wrong, and the address has sent too many wrong ones. */
export type TokenVerdict = "right" | "wrong" | "limited";

/** A limited address has another attempt after at most this time. */
export const retryAfterSeconds = 6;
const failureRate = { burst: 10, perSecond: 1 / retryAfterSeconds };

/** The most addresses with counted failures. A new one replaces the one that failed least recently. */
const maxAddresses = 4_096;

/**
 * Checks the `Authorization` header of requests (RFC 6750 §2.1). Compares hashes in constant time, so that timing reveals
 * neither the length nor the beginning of the token. Failures are logged and limited for each address. The right token
 * always passes the limit, so that an attacker cannot lock out its owners.
 */
export function createTokenCheck(token: string, log: Logger): (request: IncomingMessage) => TokenVerdict {
  const expected = hash(token);
  const failures = new Map<string, TokenBucket>();
  const refusals = new RefusalLog(log, "warn");
  return ({ headers: { authorization = "" }, method, socket, url = "" }) => {
    const given = /^bearer +(\S+) *$/i.exec(authorization)?.[1] ?? "";
    if (timingSafeEqual(hash(given), expected)) return "right";
    const { remoteAddress = "" } = socket;
    // The query may contain a token by mistake.
    const found = `${method} ${url.split("?", 1)[0]}`;
    refusals.note("admin_token", { decidedBy: "the token of the admin API", remoteAddress, found });
    return countFailure(failures, addressBlock(remoteAddress)) ? "wrong" : "limited";
  };
}

/** False if there were too many from this address. */
function countFailure(failures: Map<string, TokenBucket>, address: string): boolean {
  const bucket = failures.get(address) ?? new TokenBucket(failureRate);
  // Moved to the end, so that the first is the one that failed least recently.
  failures.delete(address);
  failures.set(address, bucket);
  const [oldest = ""] = failures.keys();
  if (failures.size > maxAddresses) failures.delete(oldest);
  return bucket.take();
}

const hash = (text: string): Buffer => createHash("sha256").update(text).digest();
