import { contain, type Entry } from "../boundary.js";
import type { Conversion } from "../conversion.js";
import { excerpt } from "../logging/excerpt.js";
import type { Payload } from "../protocol/codec.js";
import { convertInbound } from "../protocol/convert-message.js";
import type { Call, ProtocolFault } from "../protocol/envelope.js";
import type { RoutedModule } from "../server/web-socket-route.js";
import { isObject, propertyOf } from "../validation/json-value.js";
import type { Validator } from "../validation/problem.js";
import { defaultNames, isPosition } from "../wire.js";
import { createMask, type MaskData } from "./mask-data.js";
import type { RecordedFrame } from "./report.js";

/** A message as the inspector shows it. */
export interface ReadMessage
  extends Pick<RecordedFrame, "type" | "name" | "text" | "isCut" | "problems" | "request"> {
  /** The correlation id, as JSON; undefined if the message has none. */
  readonly correlation?: string | undefined;
  /** The number of messages of a batch. */
  readonly commands?: number | undefined;
}

/** The most characters of a message that the inspector keeps. */
const maxCharacters = 4_096;
const maxNameLength = 256;

/** Reads the messages of one module a second time, for the inspector. Never throws. */
export class MessageReader {
  readonly #module: RoutedModule;
  readonly #mask: MaskData;
  readonly #correlationField: string;
  readonly #commandField: string;

  constructor(module: RoutedModule) {
    this.#module = module;
    const { envelope, logRedact } = module.runtime.config;
    this.#mask = createMask(logRedact);
    this.#correlationField =
      typeof envelope.correlation === "string" ? envelope.correlation : defaultNames.correlation;
    this.#commandField = typeof envelope.command === "string" ? envelope.command : defaultNames.command;
  }

  /** A message of a client. */
  readInbound(raw: Buffer, isBinary: boolean): ReadMessage {
    if (this.#isRaw) return this.#readRaw(raw, isBinary);
    const decoded = this.#module.runtime.envelope.decode(raw, isBinary);
    const isCut = raw.length > maxCharacters;
    if (decoded.kind === "batch") {
      const items = decoded.items.map((item) => this.#readItem(item, { raw, isBinary, isCut }));
      return {
        type: "request",
        name: `batch of ${items.length}`,
        text: cut(`[${items.map(({ text }) => text).join(",")}]`, 2 * maxCharacters),
        isCut,
        problems: items.flatMap(({ problems }) => problems).slice(0, maxItems),
        commands: items.length,
      };
    }
    return this.#readItem(decoded, { raw, isBinary, isCut });
  }

  #readItem(
    item: Call | ProtocolFault,
    frame: { raw: Buffer; isBinary: boolean; isCut: boolean },
  ): ReadMessage {
    const { isCut } = frame;
    const correlation = item.hasCorrelation ? JSON.stringify(item.correlationId) : undefined;
    if (item.kind === "fault") {
      const { text } =
        item.message === undefined
          ? this.#readRaw(frame.raw, frame.isBinary)
          : this.#show("", { message: item.message, data: item.message });
      const isResumeFrame = isObject(item.message) && isPosition(item.message);
      return {
        type: "other",
        name: isResumeFrame ? "resume" : "",
        text,
        isCut,
        problems: isResumeFrame ? [] : [item.text],
        correlation,
      };
    }
    const { text, data } = this.#show(item.command, item);
    const rules = this.#module.commands.get(item.command)?.config;
    const name = cut(item.command, maxNameLength);
    const problems =
      rules === undefined
        ? [`The module has no command ${JSON.stringify(name)}.`]
        : this.#judge(item.data, ["requestCheck", rules.requestCheck, rules.requestConversion]);
    const request = isCut ? {} : { request: data ?? {} };
    return { type: "request", name, text, isCut, problems, correlation, ...request };
  }

  /**
   * A message of the server.
   * @param findCommand the command of the request with this correlation id, as JSON
   */
  readOutbound(payload: Payload, findCommand: (correlation: string) => string | undefined): ReadMessage {
    const [bytes, isBinary] = typeof payload === "string" ? [Buffer.from(payload), false] : [payload, true];
    if (this.#isRaw) return this.#readRaw(bytes, isBinary);
    const { envelope } = this.#module.runtime;
    const decoded = envelope.decode(bytes, isBinary);
    const message = decoded.kind === "batch" ? decoded.items.map((item) => item.message) : decoded.message;
    if (message === undefined) return this.#readRaw(bytes, isBinary);
    const isCut = bytes.length > maxCharacters;
    const event = propertyOf(message, "event");
    const error = propertyOf(message, "error");
    const id = propertyOf(message, this.#correlationField);
    const correlation = id === undefined ? undefined : JSON.stringify(id);
    if (typeof event === "string") {
      const data = propertyOf(message, "data");
      const { events } = this.#module.runtime.config;
      const rule = Object.hasOwn(events, event) ? events[event] : undefined;
      const problems = this.#judge(data, ["eventCheck", rule?.check, rule?.conversion]);
      return {
        type: "event",
        name: cut(event, maxNameLength),
        text: this.#show(event, { message, data }).text,
        isCut,
        problems,
      };
    }
    if (isObject(error)) {
      const { text } = this.#show("", { message, data: error });
      return {
        type: "error",
        name: cut(String(propertyOf(error, "code")), maxNameLength),
        text,
        isCut,
        problems: [],
        correlation,
      };
    }
    if (correlation === undefined) {
      return {
        type: "other",
        name: "",
        text: this.#show("", { message, data: message }).text,
        isCut,
        problems: [],
      };
    }
    const named = propertyOf(message, this.#commandField);
    const command = findCommand(correlation) ?? (typeof named === "string" ? named : "");
    const data = propertyOf(message, "data") ?? propertyOf(message, "result");
    const rules = this.#module.commands.get(command)?.config;
    const problems = this.#judge(data, ["replyCheck", rules?.replyCheck, rules?.replyConversion]);
    return {
      type: "reply",
      name: command,
      text: this.#show(command, { message, data }).text,
      isCut,
      problems,
      correlation,
    };
  }

  get #isRaw(): boolean {
    return this.#module.runtime.config.rawHandler !== undefined;
  }

  /** A frame that is no message of the envelope. It has no members that could be hidden, so it is hidden as a whole. */
  #readRaw(raw: Buffer, isBinary: boolean): ReadMessage {
    const isHidden = isBinary || this.#module.runtime.config.logRedact.length > 0;
    const text = isHidden ? `${raw.length} bytes` : raw.toString("utf8", 0, maxCharacters);
    return { type: "other", name: "", text, isCut: raw.length > maxCharacters, problems: [] };
  }

  /** The message as JSON, cut, and with the members of its data hidden that the log hides. */
  #show(name: string, { message, data }: { readonly message: unknown; readonly data?: unknown }) {
    const shown = toPlain(this.#hide(name, data));
    const whole = toPlain(this.#hideInside(name, message, { data, shown }));
    return { text: cut(JSON.stringify(whole) ?? "null", 2 * maxCharacters), data: shown };
  }

  #hide(name: string, data: unknown): unknown {
    return this.#mask(name, excerpt(data, maxCharacters));
  }

  /** The message with its hidden data: in the member that has it, or beside the members that do not belong to it. */
  #hideInside(
    name: string,
    message: unknown,
    { data, shown }: { readonly data: unknown; readonly shown: unknown },
  ): unknown {
    if (!isObject(message) || message === data || data === undefined) return this.#hideUnknown(name, message);
    const isShared = typeof data === "object" && data !== null;
    const holder = Object.keys(message).find(
      (member) => propertyOf(message, member) === data && (isShared || dataFields.has(member)),
    );
    if (holder === undefined && !isObject(data)) return shown;
    const isOwn = (member: string) =>
      holder === undefined ? !Object.hasOwn(data as object, member) : member !== holder;
    const own = Object.fromEntries(
      Object.keys(message)
        .filter(isOwn)
        .map((member) => {
          const value = propertyOf(message, member);
          return [member, dataFields.has(member) ? this.#hide(name, value) : excerpt(value, maxCharacters)];
        }),
    );
    if (holder !== undefined) return { ...own, [holder]: shown };
    return isObject(shown) ? { ...own, ...shown } : shown;
  }

  /** A message of which it is not known where its data is: as data itself, in each member that may have data, or in a list. */
  #hideUnknown(name: string, message: unknown): unknown {
    if (Array.isArray(message)) {
      const items = message.slice(0, maxItems).map((item) => this.#hideUnknown(name, item));
      return excerpt(items, maxCharacters);
    }
    const hidden = this.#hide(name, message);
    if (!isObject(hidden)) return hidden;
    const members = Object.keys(hidden).filter((member) => dataFields.has(member));
    return Object.assign(
      Object.create(null),
      hidden,
      ...members.map((member) => ({ [member]: this.#hide(name, propertyOf(hidden, member)) })),
    );
  }

  #judge(
    data: unknown,
    [entry, check, conversion = []]: readonly [Entry, Validator | undefined, Conversion | undefined],
  ): readonly string[] {
    if (check === undefined) return [];
    const { log } = this.#module.runtime;
    const found = contain(
      { entry, log },
      () => check(convertInbound(data ?? null, conversion))?.map(describeProblem) ?? [],
    );
    return Array.isArray(found) ? found : [];
  }
}

const describeProblem = ({
  pointer,
  message,
}: {
  readonly pointer: string;
  readonly message: string;
}): string => `${pointer || "it"} ${message}`;

/** A value that JSON has. A codec of the user's may decode numbers as BigInt. */
function toPlain(value: unknown): unknown {
  const replace = (_name: string, member: unknown) => (typeof member === "bigint" ? String(member) : member);
  const text: string | undefined = JSON.stringify(value, replace);
  return text === undefined ? undefined : JSON.parse(text);
}

/** The members of a message that have its data, in the default envelope and in JSON-RPC. */
const dataFields: ReadonlySet<string> = new Set(["data", "params", "result", "error"]);
/** The most items of a list that are shown. */
const maxItems = 100;

const cut = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length)}…` : text;
