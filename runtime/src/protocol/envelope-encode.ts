import { takeSync } from "../boundary.js";
import { isObject } from "../validation/json-value.js";
import { defaultNames, type EnvelopeNames } from "../wire.js";
import { encodeJson, type MessageCodec } from "./codec.js";
import type { Call, Envelope, EnvelopeOptions, EventPlace, ProtocolFault } from "./envelope.js";

type FlatEncoders = Pick<Envelope, "encodeReply" | "encodeError" | "encodeEvent">;
type Encoders = FlatEncoders & Pick<Envelope, "encodeBareError" | "encodeMessage" | "encodeBatch">;

/** The names of the envelope's fields in what is sent. */
type FieldNames = Readonly<Record<keyof EnvelopeNames, string>>;

/** The writing half of an envelope. */
export function createEncoders(options: EnvelopeOptions, codec: MessageCodec): Encoders {
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

/** The default shapes as JSON, joined from parts, which is cheaper than building an object and writing that. */
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

/** A shape of the user's own gets the members of the place where it is an object. */
const withPlace = (message: unknown, place: EventPlace | undefined): unknown =>
  place !== undefined && isObject(message) ? { ...message, ...place } : message;

/** Joining a number to a text is cheaper than `JSON.stringify`. */
const correlationJson = ({ correlationId }: Call | ProtocolFault): string =>
  Number.isSafeInteger(correlationId) ? `${correlationId}` : encodeJson(correlationId);

/** Makes a text for each name once. Only for names of commands that exist, so that clients cannot make it grow. */
function cache(make: (name: string) => string): (name: string) => string {
  const known = new Map<string, string>();
  return (name) => {
    const cached = known.get(name);
    if (cached !== undefined) return cached;
    // Flat, for it is joined with what follows again and again.
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
