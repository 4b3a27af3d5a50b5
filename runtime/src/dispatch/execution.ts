import { contain, type Entry, isPromise, takeSync } from "../boundary.js";
import type { CommandHooks } from "../config/module-types.js";
import { RunningCommand } from "../connection/context.js";
import { isError } from "../errors.js";
import type { Call, ProtocolFault } from "../protocol/envelope.js";
import { refuseRequest } from "../protocol/validation-errors.js";
import type { CommandEntry, DispatchTarget } from "./dispatch-target.js";

/** The time of a command is up. */
export class TimeoutError extends Error {
  override readonly name = "TimeoutError";

  constructor(limitSeconds: number) {
    super(`The command took longer than ${limitSeconds} s.`);
  }
}

/** How far a message came at once. A command that is not asynchronous costs no promise. */
type Outcome =
  | { readonly kind: "returned"; readonly value: unknown }
  | { readonly kind: "threw"; readonly error: unknown }
  | { readonly kind: "promised"; readonly promise: Promise<unknown> };

/** One message, and what is to be done with it. */
export interface Work {
  readonly target: DispatchTarget;
  readonly item: Call | ProtocolFault;
  readonly raw: Buffer;
  /** Undefined: the message selects no command, so that only the guards see it. */
  readonly entry: CommandEntry | undefined;
  readonly hooks: readonly CommandHooks[];
  /** 0: none. */
  readonly limitSeconds: number;
}

/** A message on its way through its guards and its command. */
export class Execution {
  readonly ctx: RunningCommand;
  /** What runs, for the log. */
  stage: Entry = "before";
  readonly #work: Work;

  constructor(work: Work) {
    const { target, item } = work;
    this.#work = work;
    const command = item.kind === "call" ? item.command : "";
    this.ctx = new RunningCommand(target.context, { command, correlationId: item.correlationId });
  }

  /** Runs the guards, then the check of the request, then the command, all within the time limit. */
  start(): Outcome {
    const { limitSeconds } = this.#work;
    if (limitSeconds > 0) this.ctx.limitTime();
    try {
      const value = this.#work.hooks.some(({ before }) => before) ? this.#guarded() : this.#execute();
      if (!isPromise(value)) return this.#finished({ kind: "returned", value });
      const promise = withTimeLimit(value, limitSeconds, (error) => this.ctx.abort(error));
      if (limitSeconds <= 0) return { kind: "promised", promise };
      return { kind: "promised", promise: promise.finally(() => this.ctx.finished()) };
    } catch (error) {
      return this.#finished({ kind: "threw", error });
    }
  }

  /** Runs `after` or `onError` of all hooks, one after the other. Never rejects. */
  async runHooks(stage: "after" | "onError", run: (hooks: CommandHooks) => unknown): Promise<void> {
    for (const hooks of this.#work.hooks) {
      const attempt = async () => {
        const result = await withTimeLimit(run(hooks), this.#work.limitSeconds);
        if (isError(result)) throw result;
      };
      await contain({ ...this.place, entry: stage }, attempt, () => undefined);
    }
  }

  /** For the log. */
  get place() {
    const { context } = this.#work.target;
    return { entry: this.stage, log: context.log, connection: context.id, command: this.ctx.command };
  }

  #finished(outcome: Outcome): Outcome {
    this.ctx.finished();
    return outcome;
  }

  async #guarded(): Promise<unknown> {
    const { hooks, item } = this.#work;
    const data = item.kind === "call" ? item.data : item.message;
    for (const { before } of hooks) {
      const refusal: unknown = await before?.(this.ctx, data);
      if (isError(refusal)) return refusal;
    }
    return this.#execute();
  }

  #execute(): unknown {
    const { entry, item, raw } = this.#work;
    if (entry === undefined || item.kind === "fault") return undefined;
    this.stage = "requestCheck";
    const problems = takeSync(entry.config.requestCheck?.(item.data), "The check of the request");
    if (problems !== undefined) return refuseRequest(problems);
    this.stage = "execute";
    return entry.command.execute(this.ctx, item.data, raw);
  }
}

/** What runs cannot be stopped: it is given up, and what comes of it later is ignored. */
function withTimeLimit(
  value: unknown,
  limitSeconds: number,
  giveUp?: (error: TimeoutError) => void,
): Promise<unknown> {
  const promise = Promise.resolve(value);
  if (limitSeconds <= 0) return promise;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const error = new TimeoutError(limitSeconds);
      // First: a command that ends because its signal is aborted was too late all the same.
      reject(error);
      giveUp?.(error);
    }, limitSeconds * 1_000);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
