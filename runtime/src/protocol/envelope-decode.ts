import type { MessageCodec } from "./codec.js";
import { UnreadableMessageError } from "./codec.js";
import type { Call, Decoded, EnvelopeOptions, ProtocolFault } from "./envelope.js";
import { memberSource } from "./json-source.js";

/** Finds a part of a message. `has` tells an absent part from one that is undefined or null. */
interface Part {
  readonly field: string | undefined;
  read(message: unknown): unknown;
  has(message: unknown): boolean;
}

interface Shape {
  readonly command: Part;
  readonly correlation: Part;
  readonly data: (message: unknown) => unknown;
  readonly isJson: boolean;
}

/** The reading half of an envelope. The function that it returns never throws. */
export function createDecoder(
  options: EnvelopeOptions,
  codec: MessageCodec,
): (raw: Buffer, isBinary: boolean) => Decoded {
  const command = toPart(options.command ?? "command");
  const correlation = toPart(options.correlation ?? "id");
  const data = options.data ?? ((message) => withoutFields(message, command.field, correlation.field));
  const shape: Shape = { command, correlation, data, isJson: (options.codec ?? "json") === "json" };
  return (raw, isBinary) => {
    let message: unknown;
    try {
      message = codec.decode(raw, isBinary);
    } catch (error) {
      return unreadable(error);
    }
    if (options.batch && Array.isArray(message) && message.length > 0) {
      return { kind: "batch", items: message.map((item) => readMessage(item, shape, undefined)) };
    }
    return readMessage(message, shape, raw);
  };
}

/** A part at a field of the message's own, never an inherited one, or wherever the user's function finds it. */
function toPart(source: string | ((message: unknown) => unknown)): Part {
  if (typeof source === "function") {
    return { field: undefined, read: source, has: (message) => source(message) !== undefined };
  }
  return {
    field: source,
    read: (message) => (message as Record<string, unknown>)[source],
    has: (message) => Object.hasOwn(message as object, source),
  };
}

function readMessage(message: unknown, shape: Shape, raw: Buffer | undefined): Call | ProtocolFault {
  try {
    return shape.command.field === undefined || isObject(message)
      ? readParts(message, shape, raw)
      : malformed(message, "The message is not an object.");
  } catch {
    // Only the user's functions can throw here, on a message of a shape that they do not expect.
    return malformed(message, "The message does not have the expected shape.");
  }
}

function readParts(message: unknown, shape: Shape, raw: Buffer | undefined): Call | ProtocolFault {
  const { command, correlation } = shape;
  const hasCorrelation = correlation.has(message);
  const correlationId = hasCorrelation ? correlation.read(message) : undefined;
  const correlationJson =
    shape.isJson && raw !== undefined && correlation.field !== undefined && changesInJson(correlationId)
      ? memberSource(raw.toString(), correlation.field)
      : undefined;
  const name = command.has(message) ? command.read(message) : undefined;
  if (typeof name !== "string") {
    const place = command.field === undefined ? "" : ` in the field ${JSON.stringify(command.field)}`;
    const text = `The message has no string${place} that selects a command.`;
    return { ...malformed(message, text), correlationId, hasCorrelation, correlationJson };
  }
  const data = shape.data(message);
  return { kind: "call", command: name, data, message, correlationId, hasCorrelation, correlationJson };
}

const isObject = (message: unknown): message is object =>
  typeof message === "object" && message !== null && !Array.isArray(message);

/** Integers from 2^53 on lose digits in `JSON.parse`, and objects lose members of the same name. */
const changesInJson = (value: unknown): boolean =>
  typeof value === "number" ? !Number.isSafeInteger(value) : typeof value === "object" && value !== null;

/** `__proto__` is left out as well: copied, it would set the prototype of what it is assigned to. */
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
  const text = error instanceof UnreadableMessageError ? error.message : "The message could not be read.";
  return { ...malformed(undefined, text), reason: "unreadable" };
}

const malformed = (message: unknown, text: string): ProtocolFault => ({
  kind: "fault",
  code: "invalid_message",
  reason: "malformed",
  text,
  message,
  correlationId: undefined,
  hasCorrelation: false,
  correlationJson: undefined,
});
