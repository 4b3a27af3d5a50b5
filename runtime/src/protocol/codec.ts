import { withCode } from "../error-codes.js";

/** The content of one frame. A string is a text frame, bytes are a binary frame. */
export type Payload = string | Buffer;

/** Decodes frames to values and encodes values to frames. */
export interface MessageCodec {
  /**
   * Whether the format has bytes, as MessagePack and CBOR have. Then binary fields of the spec are passed to `encode` as a
   * `Uint8Array`. Default false: as base64.
   */
  readonly hasBytes?: boolean | undefined;
  /** @throws UnreadableMessageError for a frame that is not valid. Any other error has the same effect. */
  decode(raw: Buffer, isBinary: boolean): unknown;
  /** @throws for a value that it cannot encode */
  encode(value: unknown): Payload;
  /** Joins encoded messages to one encoded array. Batches need it. */
  join?(messages: readonly Payload[]): Payload;
}

/** A frame that a codec cannot decode. The message is sent to the client. */
export class UnreadableMessageError extends Error {
  override readonly name = "UnreadableMessageError";
}

/** JSON in text frames. */
export const jsonCodec = (maxDepth: number): MessageCodec => ({
  decode(raw, isBinary) {
    if (isBinary)
      throw new UnreadableMessageError("Found a binary frame; expected a text frame. Send JSON as text.");
    if (exceedsJsonDepth(raw, maxDepth)) {
      throw new UnreadableMessageError(`The message is nested more than ${maxDepth} levels deep.`);
    }
    try {
      return JSON.parse(raw.toString());
    } catch (cause) {
      throw new UnreadableMessageError("The message is not valid JSON.", { cause });
    }
  },
  encode: encodeJson,
  join: (messages) => `[${messages.join(",")}]`,
});

/** Like `JSON.stringify`, but throws for a value that JSON cannot express instead of returning undefined. */
export function encodeJson(value: unknown): string {
  const json: string | undefined = JSON.stringify(value);
  if (json === undefined) {
    const text = `A value of type ${typeof value} cannot be sent as JSON.`;
    throw withCode("not_serializable", new TypeError(text));
  }
  return json;
}

const quote = 0x22;
const backslash = 0x5c;

const opens = 1;
const closes = 2;
const quotes = 3;

/** The effect of each byte on the depth. A table, because a look-up is three times as fast as comparisons. */
const roles = new Uint8Array(256);
for (const [bytes, role] of [
  ["[{", opens],
  ["]}", closes],
  ['"', quotes],
] as const) {
  for (const byte of Buffer.from(bytes)) roles[byte] = role;
}

/**
 * True if the JSON is nested more than `limit` levels deep. Linear in its length, a tenth of the time of parsing. JSON that
 * is too short to be that deep is not scanned. In UTF-8, no byte of another character equals a bracket.
 */
export function exceedsJsonDepth(text: Buffer, limit: number): boolean {
  if (text.length <= 2 * limit) return false;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const role = roles[text[at] as number];
    if (role === opens) {
      depth += 1;
      if (depth > limit) return true;
    } else if (role === closes) {
      depth -= 1;
    } else if (role === quotes) {
      at = endOfString(text, at);
    }
  }
  return false;
}

/** The bytes of a string that are scanned one by one. After them, a native search is faster; it takes as long as 40 bytes. */
const nearby = 24;

/** The index of the closing quote of the string that begins at `start`, or a number of at least the text's length. */
function endOfString(text: Buffer, start: number): number {
  let at = start + 1;
  while (at < text.length) {
    const near = Math.min(at + nearby, text.length);
    while (at < near && text[at] !== quote) at += text[at] === backslash ? 2 : 1;
    if (at < near) return at;
    const found = text.indexOf(quote, at);
    if (found < 0) return text.length;
    if (!isEscaped(text, found, at)) return found;
    at = found + 1;
  }
  return at;
}

/** True if the number of backslashes right before `place` is odd. Those before `start` are part of other escapes. */
function isEscaped(text: Buffer, place: number, start: number): boolean {
  let before = place;
  while (before > start && text[before - 1] === backslash) before -= 1;
  return (place - before) % 2 === 1;
}
