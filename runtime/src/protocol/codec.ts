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
