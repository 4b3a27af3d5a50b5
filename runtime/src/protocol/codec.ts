/** What one frame carries: a string is a text frame, bytes are a binary one. */
export type Payload = string | Buffer;

/** Turns frames into values and back. */
export interface MessageCodec {
  /** @throws UnreadableMessageError for what it does not understand; any other error counts as that too. */
  decode(raw: Buffer, isBinary: boolean): unknown;
  /** @throws for what it cannot express. */
  encode(value: unknown): Payload;
  /** Joins encoded messages to an encoded array of them. Without it, batches cannot be answered. */
  join?(messages: readonly Payload[]): Payload;
}

/** A frame that a codec could not read. The message is sent to the client. */
export class UnreadableMessageError extends Error {
  override readonly name = "UnreadableMessageError";
}

/** JSON in text frames. */
export const jsonCodec = (maxDepth: number): MessageCodec => ({
  decode(raw, isBinary) {
    if (isBinary)
      throw new UnreadableMessageError("Messages are text frames of JSON; this was a binary frame.");
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

/** Like `JSON.stringify`, which returns undefined for a value that JSON cannot express; here that is an error. */
export function encodeJson(value: unknown): string {
  const json: string | undefined = JSON.stringify(value);
  if (json === undefined) throw new TypeError(`A value of type ${typeof value} cannot be sent as JSON.`);
  return json;
}

const quote = 0x22;
const backslash = 0x5c;

const opens = 1;
const closes = 2;
const quotes = 3;

/** What a byte does to the depth. A table, because a look-up is three times as fast as comparisons. */
const roles = new Uint8Array(256);
for (const [bytes, role] of [
  ["[{", opens],
  ["]}", closes],
  ['"', quotes],
] as const) {
  for (const byte of Buffer.from(bytes)) roles[byte] = role;
}

/**
 * Is this JSON text nested more than `limit` levels deep? Linear in its length, a tenth of the time of parsing it; a
 * text that is too short to be that deep is not looked at. In UTF-8 no byte of another character looks like a bracket.
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

/** So many bytes of a string are looked at one by one before a native search, which takes as long as forty of them. */
const nearby = 24;

/** The place of the quote that ends the string which begins at `start`; the text's length or more when none does. */
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

/** Is the number of backslashes right before a place odd? Those before `start` are part of other escapes. */
function isEscaped(text: Buffer, place: number, start: number): boolean {
  let before = place;
  while (before > start && text[before - 1] === backslash) before -= 1;
  return (place - before) % 2 === 1;
}
