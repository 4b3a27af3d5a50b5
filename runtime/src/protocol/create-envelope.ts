import { takeSync } from "../boundary.js";
import { withCode } from "../error-codes.js";
import { ConfigurationError } from "../errors.js";
import { isObject } from "../validation/json-value.js";
import { defaultNames, type EnvelopeNames } from "../wire.js";
import { encodeJson, jsonCodec, type MessageCodec, type Payload } from "./codec.js";
import { loadMessagePackCodec } from "./codec-msgpack.js";
import { createDecoder } from "./decode-message.js";
import type { Call, Envelope, EnvelopeOptions, EventMembers, ProtocolFault } from "./envelope.js";

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
    codec,
    hasBytes: codec.hasBytes ?? false,
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
    hasBytes: codec.hasBytes,
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

type FlatEncoders = Pick<Envelope, "encodeReply" | "encodeError" | "encodeEvent">;
type Encoders = FlatEncoders & Pick<Envelope, "encodeBareError" | "encodeMessage" | "encodeBatch">;

/** The names of the envelope's fields in outbound messages. */
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
      ? (name, data, more) => shaped(withMembers(event(name, data), more), "event")
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
    encodeEvent: (event, data = null, more) => codec.encode({ event, data, ...more }),
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
    encodeEvent: (event, data = null, more) =>
      `{"event":${JSON.stringify(event)},"data":${encodeJson(data)}${more ? writeMembers(more) : ""}}`,
  };
}

function writeMembers({ stream, epoch, offset, traceparent }: EventMembers): string {
  const name = stream === undefined ? "" : `,"stream":${JSON.stringify(stream)}`;
  const place = epoch === undefined ? "" : `${name},"epoch":${JSON.stringify(epoch)},"offset":${offset}`;
  return traceparent === undefined ? place : `${place},"traceparent":${JSON.stringify(traceparent)}`;
}

/** Adds the members to the user's own shape, if it is an object. */
const withMembers = (message: unknown, members: EventMembers | undefined): unknown =>
  members !== undefined && isObject(message) ? { ...message, ...members } : message;

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
