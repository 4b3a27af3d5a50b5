/** The shape of messages. A module whose `envelope` option differs from the default needs another one here too. */
export interface ClientEnvelope {
  /** A request as a frame. */
  encodeRequest(request: { command: string; id: number; fields: object | undefined }): string | Uint8Array;
  /** Any other message as a frame. */
  encode(message: object): string | Uint8Array;
  /** @throws whatever it likes when the frame cannot be read; `onError` gets it */
  decode(frame: string | ArrayBuffer): InboundMessage;
}

/** A message of the server. What has an `event` is an event, what has an `id` a reply, the rest is neither. */
export interface InboundMessage {
  readonly id?: unknown;
  readonly data?: unknown;
  /** `{ code, message, details? }`. */
  readonly error?: unknown;
  readonly event?: unknown;
  /** Where an event stands in its stream, when it can be replayed: docs/client.md, "Missed messages". */
  readonly stream?: string;
  readonly epoch?: string;
  readonly offset?: number;
  /** Where the client stands in its streams. */
  readonly resume?: unknown;
}

/** The runtime's default: flat JSON. */
export const flatJson: ClientEnvelope = {
  encodeRequest: ({ command, id, fields }) => JSON.stringify({ ...fields, command, id }),
  encode: (message) => JSON.stringify(message),
  decode: (frame) => JSON.parse(frame as string),
};
