import { createHash, timingSafeEqual } from "node:crypto";

/**
 * Tests the `Authorization` header of a request (RFC 6750 §2.1). The hashes are compared in constant time, so neither
 * the length nor the beginning of the token can be found by measuring.
 */
export function createTokenCheck(token: string): (authorization: string | undefined) => boolean {
  const expected = hash(token);
  return (authorization = "") => {
    const given = /^bearer +(\S+) *$/i.exec(authorization)?.[1] ?? "";
    return timingSafeEqual(hash(given), expected);
  };
}

const hash = (text: string): Buffer => createHash("sha256").update(text).digest();
