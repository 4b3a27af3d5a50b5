import type { ConnectionEnd } from "./client-state.js";

/** How long to wait before the next attempt. */
export interface BackOff {
  /** Milliseconds: the upper bound of the first delay; it doubles with every failed attempt. Default 500. */
  readonly baseMs?: number | undefined;
  /** Milliseconds: no delay is longer. A server's `Retry-After`, of at most as much, comes on top. Default 30,000. */
  readonly maxMs?: number | undefined;
}

/** HTTP answers that time may change, beside 5xx: Request Timeout, Too Early, Too Many Requests. */
const passingStatuses: readonly number[] = [408, 425, 429];
/** What the constructor of a WebSocket throws for an address that it will never take. */
const finalErrors: readonly unknown[] = ["SyntaxError", "SecurityError"];

/**
 * Whether another attempt makes sense. Not after 1000 and 1008, the codes 4400–4499 (the application's "your fault",
 * as 4xx is HTTP's), a handshake refused with 3xx or 4xx, and an address that is none.
 */
export function shouldReconnect({ code, status = 500, error }: ConnectionEnd): boolean {
  return (
    code !== 1000 &&
    code !== 1008 &&
    (code < 4400 || code > 4499) &&
    (status >= 500 || passingStatuses.includes(status)) &&
    !finalErrors.includes((error as Error | undefined)?.name)
  );
}
