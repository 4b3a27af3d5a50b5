import { ClientError } from "./client-error.js";
import type { ConnectionEnd } from "./client-state.js";
import type { Settings } from "./settings.js";

/** Counts the attempts to connect again and decides on the next. */
export interface Retries {
  /** Since the last stable connection. */
  readonly count: number;
  /** A connection is open. */
  opened(): void;
  /** What follows this end: the milliseconds before another attempt, or the error to close with. */
  next(end: ConnectionEnd): number | ClientError;
}

/** A connection that lasted so long was no failed attempt. */
const stableMs = 5_000;

/**
 * Delays are exponential with full jitter, so that the clients of a server that restarts do not return in one wave.
 * (M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.)
 */
export function createRetries({ clock, backOff, random, maxRetries, shouldReconnect }: Settings): Retries {
  const { baseMs = 500, maxMs = 30_000 } = backOff;
  let count = 0;
  let openedAt = 0;
  return {
    get count() {
      return count;
    },
    opened() {
      openedAt = clock.performance.now();
    },
    next(end) {
      let cause = end.error;
      if (end.wasOpen && clock.performance.now() - openedAt >= stableMs) count = 0;
      try {
        if (count < maxRetries && shouldReconnect(end)) {
          count += 1;
          const jitterMs = random() * Math.min(maxMs, baseMs * 2 ** (count - 1));
          return Math.min(maxMs, end.retryAfterMs ?? 0) + jitterMs;
        }
      } catch (error) {
        cause = error;
      }
      return new ClientError("closed", `Closed for good: ${end.code} ${end.reason}`.trim(), { cause });
    },
  };
}
