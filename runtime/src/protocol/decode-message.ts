import { takeSync } from "../boundary.js";
import { isObject } from "../validation/json-value.js";
import { defaultNames, traceField } from "../wire.js";
import { type MessageCodec, UnreadableMessageError } from "./codec.js";
import type { Call, Decoded, EnvelopeOptions, ProtocolFault } from "./envelope.js";

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
export function createDecoder(
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

/**
 * Copies the message without the two fields, without the reserved one for traces, and without `__proto__`, which would set the
 * prototype of the copy.
 */
function withoutFields(message: unknown, first: string | undefined, second: string | undefined): unknown {
  const data: Record<string, unknown> = {};
  for (const name of Object.keys(message as object)) {
    if (name !== first && name !== second && name !== traceField && name !== "__proto__") {
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
