import { type FaultPolicy, Mode } from "../config/choices.js";
import type { CommandHooks, RawHandler } from "../config/module-types.js";
import type { CommandContext, Logger, WSContext } from "../contract.js";
import { checkReply } from "./checked-data.js";
import type { Payload } from "./codec.js";
import { startCommand, TimeoutError } from "./dispatch-execution.js";
import { handleRaw } from "./dispatch-raw.js";
import type { CommandEntry, DispatchTarget } from "./dispatch-target.js";
import type { Call, Envelope, ProtocolFault } from "./envelope.js";
import { type ClientError, type Disclosure, ErrorCode, toClientError } from "./errors.js";

/** What the dispatcher is told of its module. */
export interface DispatchRules {
  readonly mode: Disclosure["mode"];
  readonly log: Logger;
  readonly envelope: Envelope;
  /** By name. A map, so that no text of a client reaches an inherited property. */
  readonly commands: ReadonlyMap<string, CommandEntry>;
  readonly hooks: CommandHooks;
  readonly rawHandler: RawHandler | undefined;
  readonly counters: { commands: number; commandErrors: number };
}

/** Where the replies to one frame go. */
type ReplyTo = Pick<DispatchTarget, "transmit">;

/** A command on its way to its reply. */
interface Execution {
  readonly ctx: CommandContext;
  readonly call: Call;
  readonly entry: CommandEntry;
  readonly replyTo: ReplyTo;
}

/** Turns the frames of a module's clients into commands, and what these return or throw into replies. */
export class Dispatcher {
  readonly #rules: DispatchRules;
  readonly #logsData: boolean;
  readonly #checksReplies: boolean;

  constructor(rules: DispatchRules) {
    this.#rules = rules;
    this.#checksReplies = rules.mode === Mode.debug;
    this.#logsData = isDebugEnabled(rules.log);
  }

  /** Handles one frame. Undefined: it is done. The promise never rejects. */
  dispatch(target: DispatchTarget, frame: { raw: Buffer; isBinary: boolean }): Promise<void> | undefined {
    const { rawHandler, envelope, mode } = this.#rules;
    if (rawHandler !== undefined) return handleRaw(rawHandler, target, { ...frame, mode });
    const decoded = envelope.decode(frame.raw, frame.isBinary);
    if (decoded.kind === "batch") return this.#answerBatch(target, decoded.items, frame.raw);
    return this.#answer(target, decoded, frame.raw, target);
  }

  async #answerBatch(
    target: DispatchTarget,
    items: readonly (Call | ProtocolFault)[],
    raw: Buffer,
  ): Promise<void> {
    const replies: Payload[] = [];
    const collector: ReplyTo = { transmit: (payload) => replies.push(payload) > 0 };
    for (const item of items) await this.#answer(target, item, raw, collector);
    const payload = this.#rules.envelope.encodeBatch(replies);
    if (payload !== undefined) target.transmit(payload);
  }

  #answer(
    target: DispatchTarget,
    item: Call | ProtocolFault,
    raw: Buffer,
    replyTo: ReplyTo,
  ): Promise<void> | undefined {
    // No command, so it takes no token.
    if (item.kind === "fault" && item.reason === "malformed" && target.resume(item.message)) return undefined;
    if (!target.takeToken()) {
      const error = { code: ErrorCode.rateLimited, message: "Too many commands in a short time." };
      this.#sendError(error, item, replyTo);
      return undefined;
    }
    const { envelope, commands } = this.#rules;
    if (item.kind === "fault") {
      const error = { code: item.code, message: item.text };
      this.#applyPolicy(envelope.invalidMessage, { target, error, item, replyTo });
      return undefined;
    }
    const entry = commands.get(item.command);
    if (entry === undefined) {
      const error = { code: ErrorCode.unknownCommand, message: "There is no such command." };
      this.#applyPolicy(envelope.unknownCommand, { target, error, item, replyTo });
      return undefined;
    }
    return this.#execute(target.context, item, { raw, entry, replyTo });
  }

  #applyPolicy(
    policy: FaultPolicy,
    fault: { target: DispatchTarget; error: ClientError; item: Call | ProtocolFault; replyTo: ReplyTo },
  ): void {
    if (policy === "reply") this.#sendError(fault.error, fault.item, fault.replyTo);
    else if (policy !== "ignore") fault.target.close(policy, fault.error.message);
  }

  #execute(
    context: WSContext,
    call: Call,
    { raw, entry, replyTo }: { raw: Buffer; entry: CommandEntry; replyTo: ReplyTo },
  ): Promise<void> | undefined {
    this.#rules.counters.commands += 1;
    if (this.#logsData && entry.config.logUpData) {
      context.log.debug({ command: call.command, data: call.data }, "up");
    }
    const { ctx, outcome } = startCommand({ context, call, raw, entry, hooks: this.#rules.hooks });
    const execution: Execution = { ctx, call, entry, replyTo };
    if (outcome.kind === "returned") return this.#succeed(execution, outcome.value);
    if (outcome.kind === "threw") return this.#fail(execution, outcome.error);
    return outcome.promise.then(
      (value) => this.#succeed(execution, value),
      (error) => this.#fail(execution, error),
    );
  }

  #succeed(execution: Execution, value: unknown): Promise<void> | undefined {
    if (value instanceof Error) return this.#fail(execution, value);
    const { entry, call, ctx, replyTo } = execution;
    if (!entry.config.responseData) return undefined;
    let payload: Payload | undefined;
    try {
      if (this.#checksReplies) checkReply(call.command, value, entry.config.replyCheck);
      payload = this.#rules.envelope.encodeReply(call, value);
    } catch (error) {
      return this.#fail(execution, error);
    }
    if (payload === undefined) return undefined;
    if (this.#logsData && entry.config.logDownData) {
      ctx.log.debug({ command: call.command, data: value }, "down");
    }
    replyTo.transmit(payload);
    return undefined;
  }

  #fail(execution: Execution, error: unknown): Promise<void> | undefined {
    const { ctx, call, entry, replyTo } = execution;
    const { hooks, mode, counters } = this.#rules;
    counters.commandErrors += 1;
    const told =
      error instanceof TimeoutError
        ? { code: ErrorCode.timeout, message: error.message }
        : toClientError(error, { mode, log: ctx.log });
    if (entry.config.errorMessage) this.#sendError(told, call, replyTo);
    return hooks.onError === undefined ? undefined : runErrorHook(hooks.onError, ctx, error);
  }

  #sendError(error: ClientError, to: Call | ProtocolFault, replyTo: ReplyTo): void {
    try {
      const payload = this.#rules.envelope.encodeError(error, to);
      if (payload !== undefined) replyTo.transmit(payload);
    } catch (cause) {
      this.#rules.log.error({ err: cause, code: error.code }, "an error reply could not be encoded");
    }
  }
}

async function runErrorHook(
  onError: NonNullable<CommandHooks["onError"]>,
  ctx: CommandContext,
  error: unknown,
): Promise<void> {
  try {
    await onError(ctx, error);
  } catch (hookError) {
    ctx.log.error({ err: hookError }, "the hook onError failed");
  }
}

/** pino tells; of another logger it is assumed. */
function isDebugEnabled(log: Logger & { isLevelEnabled?(level: string): boolean }): boolean {
  return log.isLevelEnabled?.("debug") ?? true;
}
