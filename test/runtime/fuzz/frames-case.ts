import { constants, deflateRawSync } from "node:zlib";
import { closeFrame, frame, Opcode } from "../support/frames.js";
import { damage } from "./handshake-case.js";
import type { Random } from "./random.js";

const names = ["ping", "echo", "join", "leave", "say", "tag", "large", "slow", "fail", "close", "nope"];
const odd = ["__proto__", "constructor", "toString", "", "\0", "\ud800", "x".repeat(3_000)];
const ids = [1, "a", null, 0, -1.5, 2 ** 60, { a: [1] }, [], true, ""];
const texts = [
  "",
  "null",
  "[]",
  "{}",
  "{",
  '"',
  "1e999",
  "[".repeat(3_900),
  '{"a":'.repeat(700),
  '{"command":"ping","command":1}',
  '{"__proto__":{"command":"ping"}}',
  '{"command":"echo","__proto__":{"x":1},"toJSON":1}',
  "\ufeff{}",
];
const closeCodes = [
  0, 999, 1000, 1001, 1004, 1005, 1006, 1009, 1014, 1015, 2999, 3000, 4000, 4999, 5000, 65_535,
];

/** What a client sends after its handshake: some frames, right and wrong. */
export function makeFrames(random: Random): Buffer[] {
  const frames = Array.from({ length: random.between(1, 8) }, () => makeFrame(random));
  return random.chance(10) ? [damage(random, Buffer.concat(frames))] : frames;
}

function makeFrame(random: Random): Buffer {
  switch (random.below(12)) {
    case 0:
      return makeControl(random);
    case 1:
      return makeFragments(random);
    case 2:
      return closeFrame(random.pick(closeCodes), random.bytes(random.below(130)));
    case 3:
      return makeAnything(random);
    case 4:
      return makeCompressed(random);
    case 5:
      return frame({ payload: random.pick(texts) });
    case 6:
      return frame({
        opcode: random.pick([Opcode.text, Opcode.binary]),
        payload: random.bytes(random.below(300)),
      });
    case 7:
      return random.bytes(random.between(1, 64));
    default:
      return frame({ payload: makeCommand(random) });
  }
}

function makeCommand(random: Random): string {
  const name = random.chance(10) ? random.pick(odd) : random.pick(names);
  const id = random.chance(50) ? { id: random.pick(ids) } : {};
  const room = `room-${random.below(20)}`;
  const fields = {
    room,
    tag: room,
    text: "hi",
    kib: random.below(64),
    ms: random.below(5),
    code: random.pick(closeCodes),
  };
  return JSON.stringify({ command: name, ...id, ...fields });
}

const makeControl = (random: Random): Buffer =>
  frame({
    opcode: random.between(8, 15),
    fin: random.chance(90),
    payload: random.bytes(random.below(140)),
    masked: random.chance(95),
  });

function makeFragments(random: Random): Buffer {
  const bytes = Buffer.from(makeCommand(random));
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(bytes.length, at + random.between(1, 40));
    const opcode = at === 0 ? Opcode.text : Opcode.continuation;
    const fin = end === bytes.length && random.chance(95);
    parts.push(frame({ opcode, fin, payload: bytes.subarray(at, end) }));
    if (random.chance(10)) parts.push(frame({ opcode: Opcode.ping }));
    at = end;
  }
  return Buffer.concat(parts);
}

const makeAnything = (random: Random): Buffer =>
  frame({
    opcode: random.below(16),
    fin: random.chance(70),
    reserved: random.chance(30) ? random.below(8) : 0,
    masked: random.chance(80),
    payload: random.bytes(random.below(200)),
    ...(random.chance(20)
      ? { length: random.pick([0, 1, 125, 126, 65_535, 65_536, 2 ** 31, 2 ** 53, 2 ** 63]) }
      : {}),
    ...(random.chance(20) ? { lengthBytes: random.pick([1, 2, 8] as const) } : {}),
  });

/** Right, damaged, or small and of a megabyte when it is unpacked. */
function makeCompressed(random: Random): Buffer {
  const message = random.chance(10) ? "x".repeat(2 ** 20) : makeCommand(random);
  const bytes = deflateRawSync(message, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
  return frame({
    reserved: 4,
    fin: random.chance(90),
    payload: random.chance(30) ? damage(random, bytes) : bytes,
  });
}
