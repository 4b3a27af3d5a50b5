import { contain, type Place, throwReturned } from "../boundary.js";
import { show } from "../config/collect-options.js";
import type { CommandHooks } from "../config/module-types.js";
import type { RunningCommand } from "../connection/context.js";
import type { CommandContext, Guard } from "../contract.js";
import { withCode } from "../error-codes.js";
import { ErrorCode, isError, WebsocketError } from "../errors.js";
import { isObject } from "../validation/json-value.js";

/**
 * Runs guards, one after the other. Each sees the fields that those before it have returned.
 * @returns the error of the first guard that refuses
 * @throws TypeError `invalid_answer` for a guard that returns anything else than true, false, an object or an error
 */
export async function runGuards(
  guards: readonly Guard[],
  ctx: RunningCommand,
  data: unknown,
): Promise<Error | undefined> {
  for (const guard of guards) {
    const answer: unknown = await guard(ctx, data);
    if (isError(answer)) return answer;
    if (answer === false) return new WebsocketError(ErrorCode.accessDenied, "Access denied.");
    if (isObject(answer)) ctx.grant(answer);
    else if (answer !== true) {
      const name = guard.name === "" ? "A guard" : `The guard ${guard.name}`;
      const text = `${name} returned ${show(answer)}; expected true, false, an object or an error.`;
      throw withCode("invalid_answer", new TypeError(text));
    }
  }
  return undefined;
}

/** Runs `before` of all hooks, one after the other. @returns the error of the first hook that refuses */
export async function runBefore(
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
