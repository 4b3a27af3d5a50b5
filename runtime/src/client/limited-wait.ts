import { ClientError, type ClientErrorCode } from "./client-error.js";
import type { Clock } from "./client-options.js";

/** What ends the wait for something. */
export interface WaitLimits {
  /** Milliseconds. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Begins what is waited for; not called when a limit is reached already. @returns what stops it */
type Begin = (resolve: (value: unknown) => void, reject: (error: unknown) => void) => () => void;

/**
 * A promise that settles by what was begun or by a limit, and leaves neither behind. `wasSent` says at a limit
 * whether the request had gone out; `onTimeout` is called when its time is up.
 */
export type Wait = (
  limits: WaitLimits,
  begin: Begin,
  wasSent?: () => boolean | undefined,
  onTimeout?: () => void,
) => Promise<unknown>;

/** Timers count in 31 bits: a longer delay would fire at once, so it is taken as none. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * Calls `run` after the delay, or never when there is none that a timer can have. What has arrived by then comes first: a
 * platform that was busy or asleep runs its timers before it reads. @returns what stops it
 */
export function startTimer(clock: Clock, delayMs: number | undefined, run: () => void): () => void {
  if (delayMs === undefined || delayMs > longestTimerMs) return () => {};
  let timer = clock.setTimeout(() => {
    timer = clock.setTimeout(run, 0);
  }, delayMs);
  return () => clock.clearTimeout(timer);
}

/** @param onClosed calls its listener when the client is closed, at once when it is already */
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
          fail("timed_out", `Nothing for ${timeoutMs} ms.`);
          onTimeout?.();
        }),
        () => signal?.removeEventListener("abort", abort),
      );
      stops.push(begin(settleBy(resolve), refuse));
    });
}
