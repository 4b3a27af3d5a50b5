import type { Socket } from "node:net";
import { dial, formatRequest } from "../server/http-exchange.js";

/** A source of random numbers that a seed repeats (mulberry32). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number from 0 to below the limit. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }
}

const texts = [
  '{"command":"ping"}',
  '{"command":"ping","id":1}',
  '{"command":"slow","id":[{}]}',
  '{"command":"__proto__","id":null}',
  '{"command":"constructor"}',
  '{"command":"throw","__proto__":{"a":1}}',
  '{"command":',
  "[[[[[[[[",
  "null",
  '"\\ud800"',
  "[".repeat(3_000),
  `{"command":"${"x".repeat(3_000)}"}`,
];

/** A frame as a client might send it, most of them right in something and wrong in something else. */
export function randomFrame(random: Random): Buffer {
  const isMasked = random.below(20) > 0;
  const opcode = random.below(4) > 0 ? 1 : random.below(16);
  const flags = random.below(4) > 0 ? 0x80 : random.pick([0x00, 0x40, 0xc0, 0x10, 0x80]);
  const payload =
    random.below(3) > 0
      ? Buffer.from(random.pick(texts))
      : random.bytes(random.below(random.pick([4, 130, 5_000])));
  if (random.below(5) === 0 && payload.length > 0) payload[random.below(payload.length)] = random.below(256);
  const mask = random.bytes(4);
  const masked = isMasked ? payload.map((byte, index) => byte ^ (mask[index % 4] as number)) : payload;
  const declared = random.below(40) === 0 ? random.below(2 ** 31) : payload.length;
  return Buffer.concat([head(flags | opcode, declared, isMasked), isMasked ? mask : Buffer.alloc(0), masked]);
}

function head(first: number, length: number, isMasked: boolean): Buffer {
  const bit = isMasked ? 0x80 : 0;
  if (length < 126) return Buffer.from([first, bit | length]);
  const extended = Buffer.alloc(length < 65_536 ? 4 : 10);
  extended[0] = first;
  extended[1] = bit | (length < 65_536 ? 126 : 127);
  if (length < 65_536) extended.writeUInt16BE(length, 2);
  else extended.writeUInt32BE(length, 6);
  return extended;
}

/** A handshake with one thing replaced, or a right one. */
function randomHandshake(random: Random): string {
  const right = formatRequest({});
  if (random.below(4) > 0) return right;
  const position = random.below(right.length);
  const length = random.below(12);
  return (
    right.slice(0, position) +
    random.bytes(random.below(12)).toString("latin1") +
    right.slice(position + length)
  );
}

/** Talks to a server at random and leaves at random. @returns how many frames it sent */
export async function runRandomPeer(url: string, random: Random, maxFrames: number): Promise<number> {
  const socket = await dial(url);
  const ended = new Promise((resolve) => socket.once("close", resolve));
  socket.on("error", () => {});
  if (random.below(10) > 0) socket.resume();
  socket.write(randomHandshake(random), "latin1");
  const frames = 1 + random.below(maxFrames);
  let sent = 0;
  for (; sent < frames && socket.writable; sent++) {
    await sendInPieces(socket, randomFrame(random), random);
  }
  leave(socket, random);
  await ended;
  return sent;
}

async function sendInPieces(socket: Socket, bytes: Buffer, random: Random): Promise<void> {
  if (random.below(10) > 0) {
    socket.write(bytes);
    return;
  }
  const cut = random.below(bytes.length);
  socket.write(bytes.subarray(0, cut));
  await new Promise((resolve) => setImmediate(resolve));
  if (socket.writable) socket.write(bytes.subarray(cut));
}

function leave(socket: Socket, random: Random): void {
  if (random.below(3) === 0) {
    socket.resetAndDestroy();
  } else if (random.below(2) === 0) {
    socket.destroy();
  } else {
    socket.resume();
    socket.end();
  }
}
