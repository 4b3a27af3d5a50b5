import type { ClientEnvelope, InboundMessage } from "./envelope.js";

export interface EnvelopeNames {
  /** The field that selects the command. Default `command`. */
  readonly command?: string | undefined;
  /** The field that holds the correlation id. Default `id`. */
  readonly correlation?: string | undefined;
}

/** The codec of the frames; by default JSON. */
export interface FrameCodec {
  encode(message: object): string | Uint8Array;
  decode(frame: string | ArrayBuffer): unknown;
}

const json: FrameCodec = {
  encode: (message) => JSON.stringify(message),
  decode: (frame) => JSON.parse(frame as string),
};

/** The runtime's flat envelope, with other field names or another codec (MessagePack for instance). */
export function createEnvelope(
  names: EnvelopeNames = {},
  { encode, decode }: FrameCodec = json,
): ClientEnvelope {
  const { command: commandField = "command", correlation = "id" } = names;
  return {
    encode,
    encodeRequest: ({ command, id, fields }) =>
      encode({ ...fields, [commandField]: command, [correlation]: id }),
    decode(frame) {
      const message = decode(frame) as InboundMessage;
      // What is no object becomes one here, without an id: it is neither event nor reply anyway.
      return correlation === "id"
        ? message
        : Object.assign(Object(message), { id: Object(message)[correlation] });
    },
  };
}
