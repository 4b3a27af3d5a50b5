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

/** The envelope of a module: the default one with the parts replaced that the options name. */
export function createEnvelope(options: EnvelopeOptions, { maxJsonDepth }: EnvelopeLimits): Envelope {
  const codec = toCodec(options.codec ?? "json", maxJsonDepth);
  return {
    unknownCommand: options.unknownCommand ?? "reply",
    invalidMessage: options.invalidMessage ?? "reply",
    decode: createDecoder(options, codec),
    ...createEncoders(options, codec),
  };
}

function toCodec(codec: "json" | "msgpack" | MessageCodec, maxDepth: number): MessageCodec {
  if (codec === "json") return jsonCodec(maxDepth);
  return codec === "msgpack" ? loadMessagePackCodec(maxDepth) : codec;
}
