import { contain, type Place, throwReturned } from "../boundary.js";
import type { CommandHooks } from "../config/module-types.js";
import type { CommandContext } from "../contract.js";
import { isError } from "../errors.js";
import { withTimeLimit } from "./time-limit.js";

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
