import { type Entry, isPromise, report, takeSync } from "../boundary.js";
import { CloseCode } from "../close-codes.js";
import type { CommandConfig, CommandHooks, RawHandler } from "../config/module-types.js";
import type { Connection } from "../connection/connection.js";
import { RunningCommand } from "../connection/context.js";
import type { InboundFrame } from "../connection/inbound-queue.js";
import type { CommandOutcome, Observers, Watches } from "../connection/observers.js";
import type { Guard, ICommand, Logger } from "../contract.js";
import { closeCodeOf, type Disclosure, ErrorCode, isError, Mode, neutralMessage } from "../errors.js";
import { excerpt } from "../logging/excerpt.js";
import { checkData, refuseRequest } from "../protocol/check-data.js";
import type { Payload } from "../protocol/codec.js";
import { convertInbound, convertOutbound } from "../protocol/convert-message.js";
import { toDeclaredBody } from "../protocol/declared-errors.js";
import type { Call, Envelope, FaultPolicy, ProtocolFault } from "../protocol/envelope.js";
import type { KnownFieldPicker } from "../protocol/pick-fields.js";
import type { Replayer } from "../replay/replayer.js";
import type { ErrorBody } from "../wire.js";
import { runBefore, runGuards, runHooks, TimeoutError, withTimeLimit } from "./hooks.js";
import { answerBatch } from "./json-rpc.js";
import { handleRaw } from "./raw.js";

/** A registered command and its checked options. */
export interface CommandEntry {
  readonly command: ICommand;
  readonly config: CommandConfig;
}

/** Where the replies to one frame go: the connection, or the one reply of a batch. */
export type ReplyTo = Pick<Connection, "transmit" | "close">;

/** The module's rules for messages. */
export interface DispatchRules {
  readonly mode: Disclosure["mode"];
  readonly log: Logger;
  readonly envelope: Envelope;
  /** By name. A map, so that no name from a client reaches an inherited property. */
  readonly commands: ReadonlyMap<string, CommandEntry>;
  /** In the order of the `setHooks` calls. */
  readonly hooks: readonly CommandHooks[];
  /** Those of the module. */
  readonly guards: readonly Guard[];
  readonly replayer: Replayer;
  readonly rawHandler: RawHandler | undefined;
  /** Undefined: replies are sent whole. */
  readonly picker: KnownFieldPicker | undefined;
  /** Time limit in seconds for the guards of a message that selects no command; 0 is no limit. */
  readonly executeTimeout: number;
  readonly counters: { commands: number; commandErrors: number };
  readonly observers: Observers;
}

/** One message and the target of its reply. */
interface Message {
  readonly connection: Connection;
  readonly item: Call | ProtocolFault;
  readonly raw: Buffer;
  readonly replyTo: ReplyTo;
  /** Undefined: the message selects no command, and only the guards see it. */
  readonly entry: CommandEntry | undefined;
  readonly isResumeFrame: boolean;
  /** Undefined without observers. */
  readonly watch: Watches<CommandOutcome> | undefined;
}

/** The state of a message while its guards and its command run. */
interface Execution {
  readonly message: Message;
  readonly ctx: RunningCommand;
  /** The current step, for the log. */
  stage: Entry;
  /** True while the guards of the module run: a client that they refuse must not learn whether the command exists. */
  isBeforeLookup: boolean;
  /** Of a command: its request, converted once that was done. */
  data: unknown;
}

/**
 * Runs the commands that the frames of a module's clients select, and sends the replies. The steps of a frame:
 *
 * 1. decode: `handleFrame`; the messages of a batch continue one after the other (`json-rpc.ts`)
 * 2. resume frame: `#handleCall` asks the replayer
 * 3. rate limit: `#handleCall` asks the connection
 * 4. look up the command: without one, `#answerOther`, after the hooks `before` and the guards of the module
 * 5. run: `#runCommand`: the hooks `before`, the guards of the module and of the command, the check of the request, `execute`;
 *    all within the time limit
 * 6. reply: `#sendReply` and the hook `after`, or `#sendFailure`, which closes if the error says so, and the hook `onError`
 */
export class Dispatcher {
  readonly #rules: DispatchRules;
  readonly #logsData: boolean;
  readonly #checksReplies: boolean;
  readonly #has: { readonly [Hook in keyof CommandHooks]-?: boolean };

  constructor(rules: DispatchRules) {
    this.#rules = rules;
    this.#checksReplies = rules.mode === Mode.debug;
    this.#logsData = isDebugEnabled(rules.log);
    const has = (hook: keyof CommandHooks) => rules.hooks.some((hooks) => hooks[hook] !== undefined);
    this.#has = { before: has("before"), after: has("after"), onError: has("onError") };
  }

  /**
   * Answers the probe that our client sends to check its connection. Runs no command, and no user code except the
   * envelope's. @returns false for any other frame, which goes to `handleFrame`
   */
  answerProbe(connection: Connection, { raw, isBinary }: InboundFrame): boolean {
    const { rawHandler, envelope } = this.#rules;
    if (raw.length > maxProbeBytes || rawHandler !== undefined || !raw.includes(probeName)) return false;
    const call = envelope.decode(raw, isBinary);
    if (call.kind !== "call" || !this.#isProbe(call) || !connection.takeToken()) return false;
    this.#confirm({ connection, item: call, replyTo: connection });
    return true;
  }

  #isProbe(item: Call | ProtocolFault): boolean {
    return item.kind === "call" && item.command === probeName && !this.#rules.commands.has(probeName);
  }

  #confirm(message: Pick<Message, "connection" | "item" | "replyTo">): void {
    // An error reply proves that the connection is alive, and every envelope has one.
    this.#sendError({ code: ErrorCode.unknownCommand, message: "The connection is alive." }, message);
  }

  /** Handles one frame. @returns undefined if it is done; the promise never rejects */
  handleFrame(connection: Connection, { raw, isBinary }: InboundFrame): Promise<void> | undefined {
    const { rawHandler, envelope, mode } = this.#rules;
    if (rawHandler !== undefined) return handleRaw(rawHandler, connection, { raw, isBinary, mode });
    const decoded = envelope.decode(raw, isBinary);
    if (decoded.kind !== "batch") {
      return this.#handleCall(connection, decoded, { raw, replyTo: connection });
    }
    return answerBatch(connection, decoded, {
      envelope,
      answer: (item, replyTo) => this.#handleCall(connection, item, { raw, replyTo }),
    });
  }

  #handleCall(
    connection: Connection,
    decoded: Call | ProtocolFault,
    { raw, replyTo }: Pick<Message, "raw" | "replyTo">,
  ): Promise<void> | undefined {
    const { commands, observers, replayer } = this.#rules;
    const entry = decoded.kind === "call" ? commands.get(decoded.command) : undefined;
    const item = decoded.kind === "call" && entry === undefined ? withShortName(decoded) : decoded;
    const isResumeFrame =
      item.kind === "fault" && item.reason === "malformed" && replayer.isExpected(connection, item.message);
    const watch = observers.isActive && !isResumeFrame ? this.#watch(connection, item, raw) : undefined;
    const message: Message = { connection, item, raw, replyTo, entry, isResumeFrame, watch };
    return watch === undefined ? this.#handle(message) : watch.run(() => this.#handle(message));
  }

  #watch(
    connection: Connection,
    item: Call | ProtocolFault,
    raw: Buffer,
  ): Watches<CommandOutcome> | undefined {
    if (this.#isProbe(item)) return undefined;
    const isKnown = item.kind === "call" && this.#rules.commands.has(item.command);
    const observed = { connection, item, raw, command: isKnown ? item.command : undefined };
    return this.#rules.observers.watch((observer) => observer.commandBegan?.(observed));
  }

  #handle(message: Message): Promise<void> | undefined {
    const { connection, item, entry, isResumeFrame } = message;
    // A resume frame is not a command, so it takes no token. Its number has a limit of its own.
    if (!isResumeFrame && !connection.takeToken()) {
      this.#sendError(
        { code: ErrorCode.rateLimited, message: "Too many commands in a short time." },
        message,
      );
      message.watch?.ended({ code: ErrorCode.rateLimited });
      return undefined;
    }
    if (item.kind === "fault" && item.cause !== undefined) {
      const { log, id } = connection.context;
      report({ entry: "decode", log, connection: id }, item.cause);
    }
    if (entry === undefined && !this.#isGuarded(message)) return this.#answerOther(message);
    return this.#runCommand(message);
  }

  /** Whether functions of the user's decide first whether a message is let in. */
  #isGuarded({ entry }: Message): boolean {
    const own = entry?.config.guards.length ?? 0;
    return this.#has.before || this.#rules.guards.length > 0 || own > 0;
  }

  /** Answers a message that selects no command, after its guards. */
  #answerOther(message: Message): undefined {
    const { envelope, replayer } = this.#rules;
    const { connection, item } = message;
    if (message.isResumeFrame && item.kind === "fault") {
      replayer.receive(connection, item.message);
    } else if (item.kind === "fault") {
      this.#applyPolicy(envelope.invalidMessage, { code: item.code, message: item.text }, message);
    } else if (this.#isProbe(item)) {
      this.#confirm(message);
    } else {
      const error = { code: ErrorCode.unknownCommand, message: "Unknown command." };
      this.#applyPolicy(envelope.unknownCommand, error, message);
    }
  }

  #applyPolicy(policy: FaultPolicy, error: ErrorBody, message: Message): void {
    message.watch?.ended({ code: error.code });
    if (policy === "reply") this.#sendError(error, message);
    else if (policy !== "ignore") message.replyTo.close(policy, error.message);
  }

  /** Runs the guards, then the check of the request, then the command, all within the time limit. */
  #runCommand(message: Message): Promise<void> | undefined {
    const { entry, item, connection } = message;
    const { context } = connection;
    if (entry !== undefined) this.#rules.counters.commands += 1;
    if (this.#logsData && entry?.config.logUpData && item.kind === "call") {
      context.log.debug({ command: item.command, data: excerpt(item.data) }, "up");
    }
    const command = item.kind === "call" ? item.command : "";
    const ctx = new RunningCommand(context, command, item.correlationId);
    const data = item.kind === "call" ? item.data : undefined;
    const execution: Execution = { message, ctx, stage: "before", isBeforeLookup: false, data };
    const limitSeconds = this.#getLimit(message);
    if (limitSeconds > 0) ctx.limitTime();
    let value: unknown;
    let promise: Promise<unknown> | undefined;
    try {
      value = this.#isGuarded(message) ? this.#runGuarded(execution) : this.#invokeCommand(execution);
      if (isPromise(value)) promise = withTimeLimit(value, limitSeconds, (error) => ctx.abort(error));
    } catch (error) {
      ctx.finished();
      return this.#sendFailure(execution, error);
    }
    // A synchronous command costs no promise.
    if (promise === undefined) {
      ctx.finished();
      return this.#sendReply(execution, value);
    }
    return (limitSeconds > 0 ? promise.finally(() => ctx.finished()) : promise).then(
      (result) => this.#sendReply(execution, result),
      (error) => this.#sendFailure(execution, error),
    );
  }

  /** Seconds; 0 is no limit. */
  #getLimit({ entry }: Message): number {
    return entry === undefined ? this.#rules.executeTimeout : entry.config.executeTimeout;
  }

  async #runGuarded(execution: Execution): Promise<unknown> {
    const { ctx, message } = execution;
    const { item, entry, connection } = message;
    const data = item.kind === "call" ? item.data : item.message;
    const refusal = await runBefore(this.#rules.hooks, ctx, data);
    if (refusal !== undefined) return refusal;
    execution.stage = "guard";
    execution.isBeforeLookup = true;
    const refusalOfModule = await runGuards(this.#rules.guards, ctx, data);
    if (refusalOfModule !== undefined) return refusalOfModule;
    execution.isBeforeLookup = false;
    const refusalOfCommand = await runGuards(entry?.config.guards ?? [], ctx, data);
    if (refusalOfCommand !== undefined) return refusalOfCommand;
    // The client has left, or already has the error `timeout`.
    return connection.isEnded || ctx.hasTimedOut ? abandoned : this.#invokeCommand(execution);
  }

  #invokeCommand(execution: Execution): unknown {
    const { entry, item, raw } = execution.message;
    if (entry === undefined || item.kind === "fault") return undefined;
    const { requestConversion, requestCheck } = entry.config;
    execution.stage = "requestCheck";
    if (requestConversion !== undefined) execution.data = convertInbound(item.data, requestConversion);
    const problems = takeSync(requestCheck?.(execution.data), "The check of the request");
    if (problems !== undefined) return refuseRequest(problems);
    execution.stage = "execute";
    return entry.command.execute(execution.ctx, execution.data, raw);
  }

  #sendReply(execution: Execution, value: unknown): Promise<void> | undefined {
    const { message, ctx } = execution;
    const { entry, item, replyTo } = message;
    if (value === abandoned) {
      message.watch?.ended({ code: "abandoned" });
      return undefined;
    }
    if (isError(value)) return this.#sendFailure(execution, value);
    if (entry === undefined || item.kind === "fault") return this.#answerOther(message);
    const { config } = entry;
    if (config.responseData) {
      let payload: Payload | undefined;
      let reply: unknown;
      try {
        execution.stage = "encodeReply";
        reply = this.#trim(entry, item.command, value);
        if (this.#checksReplies && config.replyCheck !== undefined) {
          execution.stage = "replyCheck";
          const rules = { check: config.replyCheck, conversion: config.replyConversion };
          checkData(reply, rules, [`The reply of ${JSON.stringify(item.command)}`, "reply"]);
          execution.stage = "encodeReply";
        }
        const { envelope } = this.#rules;
        const sent =
          config.replyConversion === undefined
            ? reply
            : convertOutbound(reply, config.replyConversion, envelope.hasBytes);
        payload = envelope.encodeReply(item, sent);
      } catch (error) {
        return this.#sendFailure(execution, error);
      }
      if (payload !== undefined) {
        if (this.#logsData && config.logDownData) {
          ctx.log.debug({ command: item.command, data: excerpt(reply) }, "down");
        }
        replyTo.transmit(payload);
      }
    }
    message.watch?.ended({ code: undefined });
    if (!this.#has.after) return undefined;
    return this.#runHooks(execution, "after", (hooks) => hooks.after?.(ctx, execution.data, value));
  }

  #trim({ config }: CommandEntry, command: string, value: unknown): unknown {
    const { picker } = this.#rules;
    if (picker === undefined) return value;
    const { knownFields: fields, replyConversion: conversion } = config;
    return picker.pick(value, { fields, conversion }, { command });
  }

  #sendFailure(execution: Execution, error: unknown): Promise<void> | undefined {
    const { message, ctx } = execution;
    const { mode, counters, picker, envelope } = this.#rules;
    const { entry } = message;
    const { log, ...place } = describePlace(execution);
    counters.commandErrors += 1;
    let answer: ErrorBody;
    if (isError(error, TimeoutError)) {
      log.warn({ ...place, err: error }, "the command timed out");
      answer = { code: ErrorCode.timeout, message: error.message };
    } else {
      answer = toDeclaredBody(error, { mode, log, ...place }, { picker, hasBytes: envelope.hasBytes });
    }
    message.watch?.ended({ code: answer.code });
    const isSent = entry === undefined || execution.isBeforeLookup || entry.config.errorMessage;
    if (isSent) this.#sendError(answer, message);
    const closeCode = closeCodeOf(error);
    if (closeCode !== undefined) message.replyTo.close(closeCode, toReason(answer.message));
    if (!this.#has.onError) return undefined;
    return this.#runHooks(execution, "onError", (hooks) => hooks.onError?.(ctx, error));
  }

  #runHooks(
    execution: Execution,
    entry: "after" | "onError",
    run: (hooks: CommandHooks) => unknown,
  ): Promise<void> {
    const runs = this.#rules.hooks.map((hooks) => () => run(hooks));
    return runHooks({ ...describePlace(execution), entry }, runs, this.#getLimit(execution.message));
  }

  /**
   * Never throws. If the error cannot be encoded, it is sent without its details, then in the default shape, then without
   * the id. If all fail, the connection is closed with 1011.
   */
  #sendError(
    error: ErrorBody,
    { connection, item, replyTo }: Pick<Message, "connection" | "item" | "replyTo">,
  ): void {
    const { envelope } = this.#rules;
    const command = item.kind === "call" ? item.command : undefined;
    const bare = { code: error.code, message: neutralMessage };
    const attempts = [
      () => envelope.encodeError(error, item),
      () => envelope.encodeError(bare, item),
      () => envelope.encodeBareError(bare, item),
      () => envelope.encodeBareError(bare, undefined),
    ];
    for (const encode of attempts) {
      try {
        const payload = encode();
        if (payload !== undefined) replyTo.transmit(payload);
        return;
      } catch (cause) {
        const { id, log } = connection.context;
        report({ entry: "encodeError", log, connection: id, command }, cause);
      }
    }
    replyTo.close(CloseCode.internalError, neutralMessage);
  }
}

/** The result of a message that was let in after its client had left, or after its time was up. */
const abandoned = Symbol("abandoned");

/** A message as a close reason. Code of the user's may have put any value there. */
const toReason = (message: unknown): string => (typeof message === "string" ? message : "");

/** For the log. */
const describePlace = ({ message: { connection }, ctx, stage }: Execution) => ({
  entry: stage,
  log: connection.context.log,
  connection: connection.id,
  command: ctx.command,
});

/** The command of a client's probe. It is answered under every policy for unknown commands, unless the module defines it. */
const probeName = "$probe";
/** Enough for a probe with custom field names. Longer frames are not searched. */
const maxProbeBytes = 64;

/** The most characters of an unknown command name, which the client chose, in replies and in the log. */
const maxShownName = 128;

const withShortName = (call: Call): Call =>
  call.command.length > maxShownName ? { ...call, command: call.command.slice(0, maxShownName) } : call;

/** Only pino has `isLevelEnabled`. Assumes that other loggers write debug lines. */
function isDebugEnabled(log: Logger & { isLevelEnabled?(level: string): boolean }): boolean {
  return log.isLevelEnabled?.("debug") ?? true;
}
