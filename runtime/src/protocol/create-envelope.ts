import { takeSync } from "../boundary.js";
import { ConfigurationError } from "../config/configuration-error.js";
import type { MessageCodec } from "./codec.js";
import { jsonCodec } from "./codec-json.js";
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

/** A codec of the user's, whose promises are refused. */
function syncCodec(codec: MessageCodec): MessageCodec {
  const sync = <T>(value: T, name: string): T => takeSync(value, `The codec's function ${name}`);
  return {
    decode: (raw, isBinary) => sync(codec.decode(raw, isBinary), "decode"),
    encode: (value) => sync(codec.encode(value), "encode"),
    ...(codec.join && { join: (messages) => sync(codec.join?.(messages) ?? "", "join") }),
  };
}
