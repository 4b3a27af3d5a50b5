import { takeSync } from "../boundary.js";
import { withCode } from "../error-codes.js";
import { ConfigurationError } from "../errors.js";
import { isObject } from "../validation/json-value.js";
import { defaultNames, type EnvelopeNames } from "../wire.js";
import { encodeJson, jsonCodec, type MessageCodec, type Payload, UnreadableMessageError } from "./codec.js";
import { loadMessagePackCodec } from "./codec-msgpack.js";
import type { Call, Decoded, Envelope, EnvelopeOptions, EventPlace, ProtocolFault } from "./envelope.js";

export interface EnvelopeLimits {
  /** Levels of nesting that a message may have. */
  readonly maxJsonDepth: number;
}

/**
 * Creates the envelope of a module. The options replace parts of the default envelope.
 * @throws ConfigurationError for batches with a codec without `join`, and for a missing package
 */
export function createEnvelope(options: EnvelopeOptions, { maxJsonDepth }: EnvelopeLimits): Envelope {
  const codec = toCodec(options.codec ?? "json", maxJsonDepth);
  if (options.batch && codec.join === undefined) {
    throw new ConfigurationError(
      "The codec has no function join, which batches need. Add it, or remove batch.",
    );
  }
  return {
    unknownCommand: options.unknownCommand ?? "reply",
    invalidMessage: options.invalidMessage ?? "reply",
    decode: createDecoder(options, codec),
    ...createEncoders(options, codec),
  };
}

function toCodec(codec: "json" | "msgpack" | MessageCodec, maxDepth: number): MessageCodec {
  if (codec === "json") return jsonCodec(maxDepth);
  return codec === "msgpack" ? loadMessagePackCodec(maxDepth) : syncCodec(codec);
}

/** Wraps a codec of the user's, and checks what it returns. */
function syncCodec(codec: MessageCodec): MessageCodec {
  return {
    decode: (raw, isBinary) => takeSync(codec.decode(raw, isBinary), "The codec's function decode"),
    encode: (value) => takePayload(codec.encode(value), "encode"),
    ...(codec.join && { join: (messages) => takePayload(codec.join?.(messages), "join") }),
  };
}

/** @throws TypeError `invalid_payload` */
function takePayload(value: unknown, name: string): Payload {
  const payload = takeSync(value, `The codec's function ${name}`);
  if (typeof payload === "string" || Buffer.isBuffer(payload)) return payload;
  if (payload instanceof Uint8Array)
    return Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  const text = `The codec's function ${name} returned a value of type ${typeof payload}; it must return a string or a Buffer.`;
  throw withCode("invalid_payload", new TypeError(text));
}

/** Finds a part of a message. `has` is true even if the part is undefined or null. */
interface Part {
  readonly field: string | undefined;
  read(message: unknown): unknown;
  has(message: unknown): boolean;
}

interface Shape {
  readonly command: Part;
  readonly correlation: Part;
  readonly data: (message: unknown) => unknown;
}

/** Creates the `decode` function of an envelope, which never throws. */
function createDecoder(
  options: EnvelopeOptions,
  codec: MessageCodec,
): (raw: Buffer, isBinary: boolean) => Decoded {
  const command = toPart(options.command, "command", defaultNames.command);
  const correlation = toPart(options.correlation, "correlation", defaultNames.correlation);
  const data = options.data
    ? syncPart(options.data, "data")
    : (message: unknown) => withoutFields(message, command.field, correlation.field);
  const shape: Shape = { command, correlation, data };
  return (raw, isBinary) => {
    let message: unknown;
    try {
      message = codec.decode(raw, isBinary);
    } catch (error) {
      return unreadable(error);
    }
    if (options.batch && Array.isArray(message) && message.length > 0) {
      return { kind: "batch", items: message.map((item) => readMessage(item, shape)) };
    }
    return readMessage(message, shape);
  };
}

/** Reads a part from an own field of the message, never an inherited one, or with the user's function. */
function toPart(source: EnvelopeOptions["command"], option: string, field: string): Part {
  if (typeof source === "function") {
    const read = syncPart(source, option);
    return { field: undefined, read, has: (message) => read(message) !== undefined };
  }
  const name = source ?? field;
  return {
    field: name,
    read: (message) => (message as Record<string, unknown>)[name],
    has: (message) => Object.hasOwn(message as object, name),
  };
}

const syncPart =
  (read: (message: unknown) => unknown, option: string) =>
  (message: unknown): unknown =>
    takeSync(read(message), `The envelope's function ${option}`);

function readMessage(message: unknown, shape: Shape): Call | ProtocolFault {
  try {
    return shape.command.field === undefined || isObject(message)
      ? readParts(message, shape)
      : malformed(message, "The message is not an object.");
  } catch (cause) {
    // Only the user's functions can throw here, on a message of an unexpected shape.
    return { ...malformed(message, "The message does not have the expected shape."), cause };
  }
}

function readParts(message: unknown, { command, correlation, data }: Shape): Call | ProtocolFault {
  const hasCorrelation = correlation.has(message);
  const correlationId = hasCorrelation ? correlation.read(message) : undefined;
  if (!isExact(correlationId)) return malformed(message, inexactId);
  const name = command.has(message) ? command.read(message) : undefined;
  if (typeof name !== "string") {
    const place = command.field === undefined ? "" : ` in the field ${JSON.stringify(command.field)}`;
    const text = `The message selects no command; expected a string${place}.`;
    return { ...malformed(message, text), correlationId, hasCorrelation };
  }
  return { kind: "call", command: name, data: data(message), message, correlationId, hasCorrelation };
}

const inexactId =
  "The id contains a number that cannot be sent back exactly. Send a string, or an integer of at most 2^53 - 1.";

/** True if the value can be sent back unchanged. Integers above 2^53 - 1 lose digits, and JSON has no infinity. */
function isExact(value: unknown): boolean {
  if (typeof value === "number") {
    return Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value);
  }
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return true;
  return Object.values(value).every(isExact);
}

/** Copies the message without the two fields and without `__proto__`, which would set the prototype of the copy. */
function withoutFields(message: unknown, first: string | undefined, second: string | undefined): unknown {
  const data: Record<string, unknown> = {};
  for (const name of Object.keys(message as object)) {
    if (name !== first && name !== second && name !== "__proto__") {
      data[name] = (message as Record<string, unknown>)[name];
    }
  }
  return data;
}

function unreadable(error: unknown): ProtocolFault {
  const fault = { ...malformed(undefined, "The message could not be read."), reason: "unreadable" } as const;
  try {
    if (error instanceof UnreadableMessageError) return { ...fault, text: error.message };
  } catch {
    // Any access to a proxy can throw.
  }
  return { ...fault, cause: error };
}

const malformed = (message: unknown, text: string): ProtocolFault => ({
  kind: "fault",
  code: "invalid_message",
  reason: "malformed",
  text,
  message,
  correlationId: undefined,
  hasCorrelation: false,
});

type FlatEncoders = Pick<Envelope, "encodeReply" | "encodeError" | "encodeEvent">;
type Encoders = FlatEncoders & Pick<Envelope, "encodeBareError" | "encodeMessage" | "encodeBatch">;

/** The names of the envelope's fields in what is sent. */
type FieldNames = Readonly<Record<keyof EnvelopeNames, string>>;

/** Creates the encoders of an envelope. */
function createEncoders(options: EnvelopeOptions, codec: MessageCodec): Encoders {
  const { command, correlation, reply, error, event } = options;
  const names: FieldNames = {
    command: typeof command === "string" ? command : defaultNames.command,
    correlation: typeof correlation === "string" ? correlation : defaultNames.correlation,
  };
  const flat = (options.codec ?? "json") === "json" ? flatJson(names) : flatValues(names, codec);
  const shaped = (message: unknown, part: string) =>
    takeSync(message, `The envelope's function ${part}`) === undefined ? undefined : codec.encode(message);
  return {
    encodeReply: reply ? (call, result) => shaped(reply(call, result), "reply") : flat.encodeReply,
    encodeError: error ? (problem, to) => shaped(error(problem, to), "error") : flat.encodeError,
    encodeBareError: flat.encodeError,
    encodeEvent: event
      ? (name, data, place) => shaped(withPlace(event(name, data), place), "event")
      : flat.encodeEvent,
    encodeMessage: (message) => toBytes(message) ?? codec.encode(message),
    encodeBatch: (replies) => (replies.length === 0 ? undefined : codec.join?.(replies)),
  };
}

/** The default shapes for any codec. */
function flatValues(names: FieldNames, codec: MessageCodec): FlatEncoders {
  return {
    encodeReply(call, result) {
      if (!call.hasCorrelation) return result === undefined ? undefined : codec.encode(result);
      const data = result === undefined ? null : result;
      return codec.encode({ [names.command]: call.command, [names.correlation]: call.correlationId, data });
    },
    encodeError: (error, to) =>
      codec.encode({
        ...(to?.kind === "call" ? { [names.command]: to.command } : {}),
        ...(to?.hasCorrelation ? { [names.correlation]: to.correlationId } : {}),
        error,
      }),
    encodeEvent: (event, data = null, place) => codec.encode({ event, data, ...place }),
  };
}

/** The default shapes as JSON, joined from parts. Cheaper than `JSON.stringify` of a new object. */
function flatJson(names: FieldNames): FlatEncoders {
  const commandMember = `${JSON.stringify(names.command)}:`;
  const correlationMember = `${JSON.stringify(names.correlation)}:`;
  const replyHead = cache((command) => `{${commandMember}${JSON.stringify(command)},${correlationMember}`);
  return {
    encodeReply(call, result) {
      const json: string | undefined = JSON.stringify(result);
      if (!call.hasCorrelation) return json;
      return `${replyHead(call.command)}${correlationJson(call)},"data":${json ?? "null"}}`;
    },
    encodeError(error, to) {
      const command = to?.kind === "call" ? `${commandMember}${JSON.stringify(to.command)},` : "";
      const correlation = to?.hasCorrelation ? `${correlationMember}${correlationJson(to)},` : "";
      return `{${command}${correlation}"error":${encodeJson(error)}}`;
    },
    encodeEvent: (event, data = null, place) =>
      `{"event":${JSON.stringify(event)},"data":${encodeJson(data)}${place ? placeMembers(place) : ""}}`,
  };
}

function placeMembers({ stream, epoch, offset }: EventPlace): string {
  const name = stream === undefined ? "" : `,"stream":${JSON.stringify(stream)}`;
  return `${name},"epoch":${JSON.stringify(epoch)},"offset":${offset}`;
}

/** Adds the members of the place to the user's own shape, if it is an object. */
const withPlace = (message: unknown, place: EventPlace | undefined): unknown =>
  place !== undefined && isObject(message) ? { ...message, ...place } : message;

/** Joining a number to a string is cheaper than `JSON.stringify`. */
const correlationJson = ({ correlationId }: Call | ProtocolFault): string =>
  Number.isSafeInteger(correlationId) ? `${correlationId}` : encodeJson(correlationId);

/** Caches a string for each name. Only for registered commands, so that clients cannot make it grow. */
function cache(make: (name: string) => string): (name: string) => string {
  const known = new Map<string, string>();
  return (name) => {
    const cached = known.get(name);
    if (cached !== undefined) return cached;
    // A flat string, because it is joined with other strings many times.
    const made = Buffer.from(make(name)).toString();
    known.set(name, made);
    return made;
  };
}

function toBytes(message: unknown): Buffer | undefined {
  if (Buffer.isBuffer(message)) return message;
  if (message instanceof ArrayBuffer) return Buffer.from(message);
  return ArrayBuffer.isView(message)
    ? Buffer.from(message.buffer, message.byteOffset, message.byteLength)
    : undefined;
}
