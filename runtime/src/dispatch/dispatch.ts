import { report } from "../boundary.js";
import { CloseCode } from "../close-codes.js";
import type { CommandHooks, RawHandler } from "../config/module-types.js";
import type { Logger } from "../contract.js";
import {
  type ClientError,
  type Disclosure,
  ErrorCode,
  isError,
  Mode,
  neutralMessage,
  toClientError,
} from "../errors.js";
import { excerpt } from "../logging/excerpt.js";
import type { Payload } from "../protocol/codec.js";
import type { Call, Envelope, FaultPolicy, ProtocolFault } from "../protocol/envelope.js";
import type { KnownFieldPicker } from "../protocol/pick-fields.js";
import { checkReply } from "../protocol/validation-errors.js";
import type { CommandEntry, DispatchTarget, ReplyTo } from "./dispatch-target.js";
import { Execution, TimeoutError, type Work } from "./execution.js";
import { answerBatch } from "./json-rpc.js";
import { handleRaw } from "./raw.js";

/** How a module answers messages. */
export interface DispatchRules {
  readonly mode: Disclosure["mode"];
  readonly log: Logger;
  readonly envelope: Envelope;
  /** By name. A map, so that no text of a client reaches an inherited property. */
  readonly commands: ReadonlyMap<string, CommandEntry>;
  /** In the order given. */
  readonly hooks: readonly CommandHooks[];
  readonly rawHandler: RawHandler | undefined;
  /** Undefined: replies are sent whole. */
  readonly picker: KnownFieldPicker | undefined;
  /** Seconds that the guards of a message that selects no command may take; 0: no limit. */
  readonly executeTimeout: number;
  readonly counters: { commands: number; commandErrors: number };
}

/** One message and where its reply goes. */
interface Message extends Work {
  readonly replyTo: ReplyTo;
  readonly isResumeFrame: boolean;
}

/** Turns the frames of a module's clients into commands, and what these return or throw into replies. */
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
   * Answers the frame by which a client of ours asks whether its connection is alive. It selects no command and runs no
   * user code but the envelope's. False: it is another frame, to be dispatched.
   */
  answerProbe(target: DispatchTarget, { raw, isBinary }: { raw: Buffer; isBinary: boolean }): boolean {
    const { rawHandler, envelope } = this.#rules;
    if (raw.length > maxProbeBytes || rawHandler !== undefined || !raw.includes(probeName)) return false;
    const call = envelope.decode(raw, isBinary);
    if (call.kind !== "call" || !this.#isProbe(call) || !target.takeToken()) return false;
    this.#confirm({ target, item: call, replyTo: target });
    return true;
  }

  #isProbe({ command }: Call): boolean {
    return command === probeName && !this.#rules.commands.has(probeName);
  }

  #confirm(message: Pick<Message, "target" | "item" | "replyTo">): void {
    // An error reply is as much a sign of life as another, and every envelope has one.
    this.#sendError({ code: ErrorCode.unknownCommand, message: "The connection is alive." }, message);
  }

  /** Handles one frame. Undefined: it is done. The promise never rejects. */
  dispatch(target: DispatchTarget, frame: { raw: Buffer; isBinary: boolean }): Promise<void> | undefined {
    const { rawHandler, envelope, mode } = this.#rules;
    if (rawHandler !== undefined) return handleRaw(rawHandler, target, { ...frame, mode });
    const decoded = envelope.decode(frame.raw, frame.isBinary);
    const { raw } = frame;
    if (decoded.kind !== "batch") return this.#answer(target, decoded, { raw, replyTo: target });
    return answerBatch(target, decoded, {
      envelope,
      answer: (item, replyTo) => this.#answer(target, item, { raw, replyTo }),
    });
  }

  #answer(
    target: DispatchTarget,
    decoded: Call | ProtocolFault,
    { raw, replyTo }: Pick<Message, "raw" | "replyTo">,
  ): Promise<void> | undefined {
    const entry = decoded.kind === "call" ? this.#rules.commands.get(decoded.command) : undefined;
    const item = decoded.kind === "call" && entry === undefined ? withShortName(decoded) : decoded;
    const isResumeFrame =
      item.kind === "fault" && item.reason === "malformed" && target.isResumeFrame(item.message);
    const { hooks, executeTimeout } = this.#rules;
    const limitSeconds = entry === undefined ? executeTimeout : entry.config.executeTimeout;
    const message: Message = { target, item, raw, replyTo, entry, isResumeFrame, hooks, limitSeconds };
    // No command, so it takes no token; how many there may be is limited.
    if (!isResumeFrame && !target.takeToken()) {
      this.#sendError(
        { code: ErrorCode.rateLimited, message: "Too many commands in a short time." },
        message,
      );
      return undefined;
    }
    if (item.kind === "fault" && item.cause !== undefined) {
      report({ entry: "decode", log: target.context.log, connection: target.context.id }, item.cause);
    }
    if (entry === undefined && !this.#has.before) return this.#answerOther(message);
    return this.#execute(message);
  }

  /** A message that selects no command, and that the guards have let pass. */
  #answerOther(message: Message): undefined {
    const { envelope } = this.#rules;
    const { target, item } = message;
    if (message.isResumeFrame && item.kind === "fault") {
      target.resume(item.message);
    } else if (item.kind === "fault") {
      this.#applyPolicy(envelope.invalidMessage, { code: item.code, message: item.text }, message);
    } else if (this.#isProbe(item)) {
      this.#confirm(message);
    } else {
      const error = { code: ErrorCode.unknownCommand, message: "There is no such command." };
      this.#applyPolicy(envelope.unknownCommand, error, message);
    }
  }

  #applyPolicy(policy: FaultPolicy, error: ClientError, message: Message): void {
    if (policy === "reply") this.#sendError(error, message);
    else if (policy !== "ignore") message.replyTo.close(policy, error.message);
  }

  #execute(message: Message): Promise<void> | undefined {
    const { entry, item, target } = message;
    const { counters } = this.#rules;
    if (entry !== undefined) counters.commands += 1;
    if (this.#logsData && entry?.config.logUpData && item.kind === "call") {
      target.context.log.debug({ command: item.command, data: excerpt(item.data) }, "up");
    }
    const execution = new Execution(message);
    const outcome = execution.start();
    if (outcome.kind === "returned") return this.#succeed(execution, message, outcome.value);
    if (outcome.kind === "threw") return this.#fail(execution, message, outcome.error);
    return outcome.promise.then(
      (value) => this.#succeed(execution, message, value),
      (error) => this.#fail(execution, message, error),
    );
  }

  #succeed(execution: Execution, message: Message, value: unknown): Promise<void> | undefined {
    const { entry, item, replyTo } = message;
    if (isError(value)) return this.#fail(execution, message, value);
    if (entry === undefined || item.kind === "fault") return this.#answerOther(message);
    if (entry.config.responseData) {
      let payload: Payload | undefined;
      let sent: unknown;
      try {
        execution.stage = "encodeReply";
        sent = this.#trim(entry, item.command, value);
        execution.stage = "replyCheck";
        if (this.#checksReplies) checkReply(item.command, sent, entry.config.replyCheck);
        execution.stage = "encodeReply";
        payload = this.#rules.envelope.encodeReply(item, sent);
      } catch (error) {
        return this.#fail(execution, message, error);
      }
      if (payload !== undefined) {
        if (this.#logsData && entry.config.logDownData) {
          execution.ctx.log.debug({ command: item.command, data: excerpt(sent) }, "down");
        }
        replyTo.transmit(payload);
      }
    }
    if (!this.#has.after) return undefined;
    return execution.runHooks("after", ({ after }) => after?.(execution.ctx, item.data, value));
  }

  #trim({ config }: CommandEntry, command: string, value: unknown): unknown {
    const { picker } = this.#rules;
    if (picker === undefined || config.knownFields === undefined) return value;
    return picker.pick(value, config.knownFields, { command });
  }

  #fail(execution: Execution, message: Message, error: unknown): Promise<void> | undefined {
    const { mode, counters } = this.#rules;
    const { entry } = message;
    counters.commandErrors += 1;
    let told: ClientError;
    if (isError(error, TimeoutError)) {
      const { log, ...place } = execution.place;
      log.warn({ ...place, err: error }, "the time of a command is up");
      told = { code: ErrorCode.timeout, message: error.message };
    } else {
      told = toClientError(error, { mode, ...execution.place });
    }
    if (entry === undefined || entry.config.errorMessage) this.#sendError(told, message);
    if (!this.#has.onError) return undefined;
    return execution.runHooks("onError", ({ onError }) => onError?.(execution.ctx, error));
  }

  /**
   * Never throws. What cannot be written is answered without its details, what the envelope's function cannot shape in
   * the default shape, what the id keeps from being written without it, and where the codec writes nothing at all the
   * connection is closed with 1011.
   */
  #sendError(
    error: ClientError,
    { target, item, replyTo }: Pick<Message, "target" | "item" | "replyTo">,
  ): void {
    const { envelope } = this.#rules;
    const { id: connection, log } = target.context;
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
        report({ entry: "encodeError", log, connection, command }, cause);
      }
    }
    replyTo.close(CloseCode.internalError, neutralMessage);
  }
}

/** The command of a client's probe: answered whatever the module's policy for unknown commands, unless it is defined. */
const probeName = "$probe";
/** With any field names; a longer frame is not searched. */
const maxProbeBytes = 64;

/** What a client chose and nobody knows is repeated only so far, in replies and in the log. */
const maxShownName = 128;

const withShortName = (call: Call): Call =>
  call.command.length > maxShownName ? { ...call, command: call.command.slice(0, maxShownName) } : call;

/** pino tells; of another logger it is assumed. */
function isDebugEnabled(log: Logger & { isLevelEnabled?(level: string): boolean }): boolean {
  return log.isLevelEnabled?.("debug") ?? true;
}
