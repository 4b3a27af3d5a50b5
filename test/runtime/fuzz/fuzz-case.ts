import { formatRequest } from "../server/http-exchange.js";
import { closeFrame } from "../support/frames.js";
import { makeFrames } from "./frames-case.js";
import { makeHandshake } from "./handshake-case.js";
import { Random } from "./random.js";
import { makeSequence, type SequenceFlag } from "./sequence-case.js";

/** What one client does. */
export interface FuzzCase {
  /** The module whose port it comes to. */
  readonly flag: SequenceFlag;
  /** It comes by TLS. */
  readonly isSecure: boolean;
  /** Written one after the other, each in a turn of its own; an empty one waits a moment for answers. */
  readonly writes: readonly Buffer[];
  /** How the client goes: TCP FIN, a close frame and FIN, or TCP RST. */
  readonly ending: "end" | "close" | "reset";
  /** A middleware fails in it on purpose, so that 500 is a right answer. */
  readonly mayFail?: boolean;
}

/** A TLS handshake costs more than all the rest of a case. */
const securePercent = 5;

/** The case of this number. The same seed and number always give the same. */
export function makeCase(seed: number, number: number): FuzzCase {
  // From numbers of its own, so that the cases stay as they were without TLS.
  const isSecure = new Random(seed + 1, number).chance(securePercent);
  return { ...makeClient(seed, number), isSecure };
}

function makeClient(seed: number, number: number): Omit<FuzzCase, "isSecure"> {
  const random = new Random(seed, number);
  const ending = random.pick(["end", "end", "close", "reset"] as const);
  if (random.chance(15)) {
    const flag = random.pick(["test", "behind"] as const);
    const writes = split(random, makeSequence(random, flag)).flatMap((bytes) =>
      random.chance(30) ? [bytes, Buffer.alloc(0)] : [bytes],
    );
    return { flag, writes, ending, mayFail: flag === "behind" };
  }
  const parts = random.chance(25)
    ? [makeHandshake(random), ...(random.chance(50) ? makeFrames(random) : [])]
    : [rightHandshake(random), ...makeFrames(random)];
  return { flag: "test", writes: split(random, Buffer.concat(parts)), ending };
}

export const endingBytes = closeFrame(1000);

function rightHandshake(random: Random): Buffer {
  const flag = random.pick(["test", "test", "zip", "raw"]);
  const headers = flag === "zip" ? { "Sec-WebSocket-Extensions": "permessage-deflate" } : {};
  return Buffer.from(formatRequest({ line: `GET /${flag}/ws HTTP/1.1`, headers }));
}

function split(random: Random, bytes: Buffer): Buffer[] {
  const cuts = Array.from({ length: random.below(4) }, () => random.below(bytes.length + 1));
  const places = [0, ...cuts.sort((one, other) => one - other), bytes.length];
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
}
