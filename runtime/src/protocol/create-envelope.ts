import { takeSync } from "../boundary.js";
import { ConfigurationError } from "../errors.js";
import { jsonCodec, type MessageCodec, type Payload } from "./codec.js";
import { loadMessagePackCodec } from "./codec-msgpack.js";
import type { Envelope, EnvelopeOptions } from "./envelope.js";
import { createDecoder } from "./envelope-decode.js";
import { createEncoders } from "./envelope-encode.js";

export interface EnvelopeLimits {
  /** Levels of nesting that a message may have. */
  readonly maxJsonDepth: number;
}

/**
 * The envelope of a module: the default one with the parts replaced that the options name.
 * @throws ConfigurationError for batches with a codec that cannot join their replies, and for a package that is missing
 */
export function createEnvelope(options: EnvelopeOptions, { maxJsonDepth }: EnvelopeLimits): Envelope {
  const codec = toCodec(options.codec ?? "json", maxJsonDepth);
  if (options.batch && codec.join === undefined) {
    throw new ConfigurationError(
      "Batches need a codec that has the function join; add it, or leave out batch.",
    );
  }
  return {
    unknownCommand: options.unknownCommand ?? "reply",
    invalidMessage: options.invalidMessage ?? "reply",
    decode: createDecoder(options, codec),
    ...createEncoders(options, codec),
  };
}

function toCodec(codec: "json" | "msgpack" | MessageCodec, maxDepth: number): MessageCodec {
  if (codec === "json") return jsonCodec(maxDepth);
  return codec === "msgpack" ? loadMessagePackCodec(maxDepth) : syncCodec(codec);
}

/** A codec of the user's, held to what it must return. */
function syncCodec(codec: MessageCodec): MessageCodec {
  return {
    decode: (raw, isBinary) => takeSync(codec.decode(raw, isBinary), "The codec's function decode"),
    encode: (value) => takePayload(codec.encode(value), "encode"),
    ...(codec.join && { join: (messages) => takePayload(codec.join?.(messages), "join") }),
  };
}

/** @throws TypeError for what is no payload */
function takePayload(value: unknown, name: string): Payload {
  const payload = takeSync(value, `The codec's function ${name}`);
  if (typeof payload === "string" || Buffer.isBuffer(payload)) return payload;
  if (payload instanceof Uint8Array)
    return Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  throw new TypeError(
    `The codec's function ${name} returned a value of type ${typeof payload}; it must return a string or a Buffer.`,
  );
}
