import { contain, type Place } from "../boundary.js";
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

interface HookRun {
  readonly hooks: readonly CommandHooks[];
  /** Time limit of each hook; 0 is no limit. */
  readonly limitSeconds: number;
  run(hooks: CommandHooks): unknown;
}

/** Runs `after` or `onError` of all hooks, one after the other. Never rejects. */
export async function runHooks(place: Place, { hooks: all, limitSeconds, run }: HookRun): Promise<void> {
  for (const hooks of all) {
    const attempt = async () => {
      const result = await withTimeLimit(run(hooks), limitSeconds);
      if (isError(result)) throw result;
    };
    await contain(place, attempt);
  }
}
