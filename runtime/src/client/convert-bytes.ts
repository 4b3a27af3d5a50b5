import {
  type Conversion,
  type ConversionStep,
  convert,
  isBytes,
  refuseOtherBytes,
  toSent,
} from "../conversion.js";
import { ReplyError } from "../wire.js";
import type { Client, ClientContract, RequestOptions } from "./client.js";
import { ClientError } from "./client-error.js";
import type { EventStreamOptions } from "./events.js";
import type { WaitLimits } from "./limited-wait.js";

/** The conversions of a module's messages with bytes, by the name of the command or event, or the code of the error. */
export interface MessageConversions {
  readonly requests?: Readonly<Record<string, Conversion>>;
  readonly replies?: Readonly<Record<string, Conversion>>;
  readonly events?: Readonly<Record<string, Conversion>>;
  readonly errors?: Readonly<Record<string, Conversion>>;
}

/**
 * Makes a client send bytes as base64, and read base64 as bytes, for a module with JSON. Generated functions call it, so that
 * pages without bytes do not load it. An event is converted once for all its listeners.
 */
export function convertBytes<C extends ClientContract>(
  client: Client<C>,
  { requests, replies, events, errors }: MessageConversions,
): Client<C> {
  const known = new WeakMap<object, unknown>();
  const readEvent = (event: string) => {
    const conversion = findOwn(events, event);
    return (data: unknown): unknown => {
      if (!conversion || typeof data !== "object" || !data) return readBytes(data, conversion);
      if (!known.has(data)) known.set(data, readBytes(data, conversion));
      return known.get(data);
    };
  };
  const readError = (error: unknown): void => {
    const conversion = error instanceof ReplyError && findOwn(errors, error.code);
    if (conversion) Object.assign(error, { details: readBytes(error.details, conversion) });
  };
  const { request, on, once, events: iterate, onState } = client as unknown as Client;
  // Before all other listeners, and before the promises that are rejected with the error.
  onState((change) => readError("end" in change ? change.end?.error : undefined));
  return Object.assign(client, {
    async request(command: string, fields?: object, options?: RequestOptions) {
      const conversion = findOwn(requests, command);
      const sent = conversion ? convert(fields, conversion, toWire) : fields;
      try {
        return readBytes(
          await request(command, sent as Record<string, unknown>, options),
          findOwn(replies, command),
        );
      } catch (error) {
        readError(error);
        throw error;
      }
    },
    on(event: string, listener: (data: unknown) => void) {
      const readData = readEvent(event);
      return on(event, (data) => listener(readData(data)));
    },
    once: async (event: string, limits?: WaitLimits) => readEvent(event)(await once(event, limits)),
    events(event: string, options?: EventStreamOptions) {
      const stream = iterate(event, options);
      const readData = readEvent(event);
      const { next } = stream;
      return Object.assign(stream, {
        async next() {
          const result = await next();
          return result.done ? result : { value: readData(result.value) };
        },
      });
    },
  });
}

/** Own members only: the server chooses the codes of its errors. */
const findOwn = (conversions: MessageConversions["events"] = {}, name: string): Conversion | undefined =>
  Object.hasOwn(conversions, name) ? conversions[name] : undefined;

const readBytes = (data: unknown, conversion: Conversion | undefined): unknown =>
  conversion ? convert(data, conversion, fromWire) : data;

const fromWire: ConversionStep = {
  bytes: (value) => (typeof value === "string" ? fromBase64(value) : value),
};

const toWire: ConversionStep = {
  bytes: (value, name) => (isBytes(value) ? toBase64(value) : refuseOtherBytes(value, name)),
  open: toSent,
};

/** A multiple of three, so that only the last part has padding. More arguments could be too many for a function. */
const partBytes = 6_144;

function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += partBytes) {
    const part = bytes.subarray(at, at + partBytes);
    // Six times as fast as a spread.
    text += btoa(String.fromCharCode.apply(null, part as unknown as number[]));
  }
  return text;
}

function fromBase64(text: string): Uint8Array {
  try {
    const decoded = atob(text);
    // `atob` accepts spaces and no padding.
    if (btoa(decoded) !== text) throw new Error("The text is not the base64 of any bytes.");
    const bytes = new Uint8Array(decoded.length);
    for (let at = 0; at < decoded.length; at += 1) bytes[at] = decoded.charCodeAt(at);
    return bytes;
  } catch (cause) {
    const message = "A message has text that is not base64 in place of bytes: check the spec of the client.";
    throw new ClientError("bad_reply", message, { cause, wasSent: true });
  }
}
