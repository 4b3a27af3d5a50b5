import { isPromise } from "../boundary.js";
import type { CommandHooks } from "../config/module-types.js";
import { RunningCommand } from "../connection/command-context.js";
import type { CommandContext, WSContext } from "../contract.js";
import { refuseRequest } from "./checked-data.js";
import type { CommandEntry } from "./dispatch-target.js";
import type { Call } from "./envelope.js";

/** The time of a command is up. */
export class TimeoutError extends Error {
  override readonly name = "TimeoutError";

  constructor(limitSeconds: number) {
    super(`The command took longer than ${limitSeconds} s.`);
  }
}

/** How far a command came at once. A command that is not asynchronous costs no promise. */
type Outcome =
  | { readonly kind: "returned"; readonly value: unknown }
  | { readonly kind: "threw"; readonly error: unknown }
  | { readonly kind: "promised"; readonly promise: Promise<unknown> };

interface Start {
  readonly context: WSContext;
  readonly call: Call;
  readonly raw: Buffer;
  readonly entry: CommandEntry;
  readonly hooks: CommandHooks;
}

/** Runs a command with the hooks around it and its time limit. */
export function startCommand(start: Start): { ctx: CommandContext; outcome: Outcome } {
  const ctx = new RunningCommand(start.context, start.call);
  const limitSeconds = start.entry.config.executeTimeout;
  const limit = limitSeconds > 0 ? ctx.limit() : undefined;
  const outcome = begin(start, ctx);
  if (limit === undefined) return { ctx, outcome };
  if (outcome.kind !== "promised") {
    limit.release();
    return { ctx, outcome };
  }
  return { ctx, outcome: { kind: "promised", promise: withTimeLimit(outcome.promise, limitSeconds, limit) } };
}

function begin(start: Start, ctx: CommandContext): Outcome {
  const { call, raw, entry, hooks } = start;
  try {
    const problems = entry.config.requestCheck?.(call.data);
    if (problems !== undefined) return { kind: "threw", error: refuseRequest(problems) };
    const hasHooks = hooks.before !== undefined || hooks.after !== undefined;
    const value: unknown = hasHooks ? runWithHooks(start, ctx) : entry.command.execute(ctx, call.data, raw);
    return isPromise(value) ? { kind: "promised", promise: value } : { kind: "returned", value };
  } catch (error) {
    return { kind: "threw", error };
  }
}

async function runWithHooks({ call, raw, entry, hooks }: Start, ctx: CommandContext): Promise<unknown> {
  const refusal = await hooks.before?.(ctx, call.data);
  if (refusal instanceof Error) return refusal;
  const reply: unknown = await entry.command.execute(ctx, call.data, raw);
  if (!(reply instanceof Error)) await hooks.after?.(ctx, call.data, reply);
  return reply;
}

/** The command itself cannot be stopped: its signal is aborted, and what it says later is not heard. */
function withTimeLimit(
  promise: Promise<unknown>,
  limitSeconds: number,
  limit: { abort(reason: unknown): void; release(): void },
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const error = new TimeoutError(limitSeconds);
      limit.abort(error);
      reject(error);
    }, limitSeconds * 1_000);
    promise.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      limit.release();
    });
  });
}
