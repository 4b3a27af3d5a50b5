import { loadMessagePackCodec } from "../protocol/codec-msgpack.js";

/** What the `envelope` option of a module changes of the messages that a client sends and reads. */
export interface TestEnvelope {
  /** The field that selects the command. Default `command`. */
  readonly command?: string | undefined;
  /** The field that holds the correlation id. Default `id`. */
  readonly correlation?: string | undefined;
  /** Default `json`. */
  readonly codec?: "json" | "msgpack" | undefined;
}

/** Writes and reads frames as a module with that envelope does. */
export interface TestMessages {
  encode(message: unknown): string | Buffer;
  /** What cannot be read comes as it is: text as a string, bytes as a buffer. */
  decode(frame: Buffer, isBinary: boolean): unknown;
  toRequest(command: string, id: number, fields: object): object;
  isReplyTo(id: number, message: unknown): boolean;
}

const maxDepth = 64;

export function createTestMessages(envelope: TestEnvelope = {}): TestMessages {
  const { command: commandField = "command", correlation = "id", codec } = envelope;
  const binary = codec === "msgpack" ? loadMessagePackCodec(maxDepth) : undefined;
  return {
    encode: (message) => binary?.encode(message) ?? JSON.stringify(message),
    decode(frame, isBinary) {
      const text = frame.toString();
      const read = isBinary ? () => binary?.decode(frame, true) ?? frame : () => JSON.parse(text);
      try {
        return read();
      } catch {
        return isBinary ? frame : text;
      }
    },
    toRequest: (command, id, fields) => ({ ...fields, [commandField]: command, [correlation]: id }),
    isReplyTo: (id, message) =>
      typeof message === "object" &&
      message !== null &&
      (message as Readonly<Record<string, unknown>>)[correlation] === id,
  };
}
