import { contain, type Place, throwReturned } from "../boundary.js";
import type { CommandHooks } from "../config/module-types.js";
import type { CommandContext } from "../contract.js";
import { isError } from "../errors.js";

/** Runs `before` of all hooks, one after the other. @returns the error of the first hook that refuses */
export async function runGuards(
  hooks: readonly CommandHooks[],
  ctx: CommandContext,
  data: unknown,
): Promise<Error | undefined> {
  for (const { before } of hooks) {
    const refusal: unknown = await before?.(ctx, data);
    if (isError(refusal)) return refusal;
  }
  return undefined;
}

/**
 * Runs `after` or `onError` of all hooks, one after the other. Never rejects.
 * @param limitSeconds the time limit of each hook; 0 is no limit
 */
export async function runHooks(
  place: Place,
  runs: readonly (() => unknown)[],
  limitSeconds: number,
): Promise<void> {
  for (const run of runs) {
    await contain(place, async () => throwReturned(await withTimeLimit(run(), limitSeconds)));
  }
}

/** A command exceeded its time limit. */
export class TimeoutError extends Error {
  override readonly name = "TimeoutError";

  constructor(limitSeconds: number) {
    super(`The command took longer than ${limitSeconds} s.`);
  }
}

/** Rejects with a `TimeoutError` after the limit. The code itself cannot be stopped; its later result is ignored. */
export function withTimeLimit(
  value: unknown,
  limitSeconds: number,
  giveUp?: (error: TimeoutError) => void,
): Promise<unknown> {
  const promise = Promise.resolve(value);
  if (limitSeconds <= 0) return promise;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const error = new TimeoutError(limitSeconds);
      // Before `giveUp`: a command that ends because its signal is aborted has timed out, too.
      reject(error);
      giveUp?.(error);
    }, limitSeconds * 1_000);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
