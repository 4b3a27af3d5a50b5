import {
  defaultNames,
  type EnvelopeNames,
  type ReplyError,
  type RequestParts,
  writeRequest,
} from "../wire.js";
import { type ClientError, toClientError } from "./client-error.js";
import type { Settings } from "./client-options.js";

/** The format of messages. Must match the `envelope` option of the module. */
export interface ClientEnvelope {
  /** Encodes a request. `traceparent` is a member of the message beside its fields. */
  encodeRequest(request: RequestParts): string | Uint8Array;
  /** Encodes any other message. */
  encode(message: object): string | Uint8Array;
  /** @throws any error if the frame cannot be decoded; `onError` receives it */
  decode(frame: string | ArrayBuffer): InboundMessage;
}

/** A message of the server: an event if it has an `event`, a reply if it has an `id`, otherwise neither. */
export interface InboundMessage {
  readonly id?: unknown;
  readonly data?: unknown;
  /** `{ code, message, details? }`. */
  readonly error?: unknown;
  readonly event?: unknown;
  /** The place of a replayable event in its stream: docs/protocol.md, "Resuming". */
  readonly stream?: string;
  readonly epoch?: string;
  readonly offset?: number;
  /** The client's positions in its streams. */
  readonly resume?: unknown;
  /** The span that an event was sent in. */
  readonly traceparent?: string;
}

/** The codec of the frames. Default: JSON. */
export interface FrameCodec {
  encode(message: object): string | Uint8Array;
  decode(frame: string | ArrayBuffer): unknown;
}

const json: FrameCodec = {
  encode: (message) => JSON.stringify(message),
  decode: (frame) => JSON.parse(frame as string),
};

/** The runtime's default: flat JSON. */
export const flatJson: ClientEnvelope = {
  ...(json as ClientEnvelope),
  // JSON leaves out a traceparent that is undefined.
  encodeRequest: ({ command, id, fields, traceparent }) =>
    json.encode({ ...fields, command, id, traceparent }),
};

/** The runtime's flat envelope, with other field names or another codec, such as MessagePack. */
export function createEnvelope(
  names: EnvelopeNames = {},
  { encode, decode }: FrameCodec = json,
): ClientEnvelope {
  const { correlation = defaultNames.correlation } = names;
  return {
    encode,
    encodeRequest(request) {
      const message = writeRequest(names, request);
      return encode(encode === json.encode ? message : (dropUndefined(message) as object));
    },
    decode(frame) {
      const message = decode(frame) as InboundMessage;
      // A value that is not an object is neither event nor reply. It becomes an object without an id.
      return correlation === defaultNames.correlation
        ? message
        : Object.assign(Object(message), { id: Object(message)[correlation] });
    },
  };
}

/**
 * The value without members that are undefined. `JSON.stringify` leaves them out by itself, and a MessagePack library
 * sends null. Copies only plain objects and arrays.
 */
function dropUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(dropUndefined);
  const prototype: unknown = typeof value === "object" && value !== null && Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  const members = Object.entries(value as object).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([name, member]) => [name, dropUndefined(member)]));
}

/**
 * Creates a function that routes each message to its request, to event listeners, or to `onMessage`. The function returns
 * an error reply without an id.
 */
export function createFrameReader(
  { envelope, resume, trace, onMessage, onError, clock }: Settings,
  emit: (event: string, data: unknown) => void,
  settle: (reply: InboundMessage) => void,
): (frame: string | ArrayBuffer) => ReplyError | ClientError | undefined {
  const route = (message: InboundMessage): ReplyError | ClientError | undefined => {
    // JSON may be null, which has no members.
    const { event, id, data, error, traceparent } = message ?? {};
    if (typeof event === "string") {
      let run = () => {
        run = () => {};
        emit(event, data);
      };
      try {
        if (traceparent) trace?.runEvent?.(traceparent, event, () => run());
      } catch (error) {
        onError(error);
      }
      // Without a tracer, or if it has not run them.
      run();
    } else if (id !== undefined) settle(message);
    else if (error) {
      const lastError = toClientError(message);
      onError(lastError);
      return lastError;
    } else onMessage?.(message);
    return undefined;
  };
  const host = { clock, onError, deliver: route };
  return (frame) => {
    try {
      const message = envelope.decode(frame);
      if (resume?.admit(message, host) ?? true) return route(message);
    } catch (error) {
      onError(error);
    }
    return undefined;
  };
}
