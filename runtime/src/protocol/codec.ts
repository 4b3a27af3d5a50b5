import { exceedsJsonDepth } from "./json-depth.js";

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
