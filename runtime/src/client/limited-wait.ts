import { ClientError, type ClientErrorCode } from "./client-error.js";
import type { Clock } from "./client-options.js";

/** The limits of a wait. */
export interface WaitLimits {
  /** Milliseconds. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Starts the operation. Not called if a limit is already reached. @returns a function that stops it */
type Begin = (resolve: (value: unknown) => void, reject: (error: unknown) => void) => () => void;

/**
 * Starts an operation. The promise settles when the operation ends or when a limit is reached, and both are stopped then.
 * `wasSent` returns whether the request was sent before the limit. `onTimeout` is called at a timeout.
 */
export type Wait = (
  limits: WaitLimits,
  begin: Begin,
  wasSent?: () => boolean | undefined,
  onTimeout?: () => void,
) => Promise<unknown>;

/** The longest delay of a timer (31 bits). The callback of a longer one would run at once, so it counts as no limit. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * Calls `run` after the delay, or never if the delay is too long for a timer. Frames that have arrived by then are handled
 * first: a platform that was busy or asleep runs its timers before it reads. @returns a function that stops it
 */
export function startTimer(clock: Clock, delayMs: number | undefined, run: () => void): () => void {
  if (delayMs === undefined || delayMs > longestTimerMs) return () => {};
  let timer = clock.setTimeout(() => {
    timer = clock.setTimeout(run, 0);
  }, delayMs);
  return () => clock.clearTimeout(timer);
}

/** @param onClosed calls its listener when the client is closed, at once if it already is */
export function createWait(
  clock: Clock,
  onClosed: (listener: (error: ClientError) => void) => () => void,
): Wait {
  return ({ timeoutMs, signal }, begin, wasSent, onTimeout) =>
    new Promise((resolve, reject) => {
      const stops: (() => void)[] = [];
      let isSettled = false;
      const settleBy =
        <T>(settle: (value: T) => void) =>
        (value: T): void => {
          isSettled = true;
          for (const stop of stops) stop();
          settle(value);
        };
      const refuse = settleBy(reject);
      const fail = (code: ClientErrorCode, message: string, cause?: unknown): void =>
        refuse(new ClientError(code, message, { cause, wasSent: wasSent?.() }));
      const abort = (): void => fail("aborted", "Aborted.", signal?.reason);
      stops.push(onClosed(({ message, cause }) => fail("closed", message, cause)));
      if (signal?.aborted) abort();
      if (isSettled) return;
      signal?.addEventListener("abort", abort);
      stops.push(
        startTimer(clock, timeoutMs, () => {
          fail("timed_out", `No answer for ${timeoutMs} ms.`);
          onTimeout?.();
        }),
        () => signal?.removeEventListener("abort", abort),
      );
      stops.push(begin(settleBy(resolve), refuse));
    });
}
