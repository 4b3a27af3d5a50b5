import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { AdminRight } from "../config/module-types.js";
import { addressBlock } from "../connection/ip-address.js";
import { TokenBucket } from "../connection/limits.js";
import type { Logger } from "../contract.js";
import { RefusalLog } from "../logging/refusal-log.js";
import { AdminError } from "./admin-error.js";

/** Who sends a request, and what this caller may do. */
export interface Caller {
  /** The name of the token, or another name of who it is. */
  readonly name: string;
  readonly address: string;
  readonly rights: readonly AdminRight[];
}

/** Finds out who sends a request. Returns a refusal if the request is not let in. */
export type Access = (request: IncomingMessage) => Caller | AdminError;

/** A token and its name, which logs show. */
export interface NamedToken {
  readonly name: string;
  readonly token: string;
  readonly rights: readonly AdminRight[];
}

/** A limited address has another attempt after at most this time. */
export const retryAfterSeconds = 6;
const failureRate = { burst: 10, perSecond: 1 / retryAfterSeconds };

/** The most addresses with counted failures. A new one replaces the one that failed least recently. */
const maxAddresses = 4_096;

/**
 * Lets in who sends one of the tokens in the header `Authorization` (RFC 6750 §2.1). Compares hashes in constant time, and
 * always with all tokens, so that timing reveals neither a token's length, beginning nor place in the list. Failures are
 * logged and limited for each address. A right token always passes the limit, so that an attacker cannot lock out its owners.
 */
export function tokenAccess(tokens: readonly NamedToken[], log: Logger): Access {
  const known = tokens.map(({ token, ...caller }) => ({ ...caller, hash: hash(token) }));
  const failures = new Map<string, TokenBucket>();
  const refusals = new RefusalLog(log, "warn");
  return ({ headers: { authorization = "" }, method, socket: { remoteAddress = "" }, url = "" }) => {
    const given = hash(/^bearer +(\S+) *$/i.exec(authorization)?.[1] ?? "");
    const [found] = known.filter((each) => timingSafeEqual(each.hash, given));
    if (found !== undefined) return { name: found.name, address: remoteAddress, rights: found.rights };
    // The rest of the path and the query may contain a token by mistake.
    const [first = ""] = /^\/[a-z][a-z-]{0,20}(?=[/?.]|$)/.exec(url) ?? [];
    const target = `${method} ${first || "another path"}`;
    refusals.note("admin_token", {
      decidedBy: "the tokens of the admin API",
      ...{ remoteAddress, found: target },
    });
    return countFailure(failures, addressBlock(remoteAddress)) ? unauthorized() : tooManyFailures();
  };
}

const unauthorized = (): AdminError =>
  new AdminError(401, "unauthorized", {
    message: "Send a token of the admin API: Authorization: Bearer <token>.",
    headers: { "WWW-Authenticate": "Bearer" },
  });

const tooManyFailures = (): AdminError =>
  new AdminError(429, "too_many_failures", {
    message: "Too many requests without a valid token.",
    headers: { "Retry-After": String(retryAfterSeconds) },
  });

/** The refusal of a caller that does not have the right. It names the right. */
export function findRefusal({ name, rights }: Caller, right: AdminRight): AdminError | undefined {
  if (rights.includes(right)) return undefined;
  return new AdminError(403, "forbidden", {
    message: `This needs the right ${right}, which ${JSON.stringify(name)} does not have.`,
  });
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
