/** RFC 6455 §5.2. */
export const Opcode = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** A frame of a client as a test wants it, right or wrong. */
export interface FrameParts {
  readonly opcode?: number;
  readonly payload?: string | Buffer;
  /** Default true. */
  readonly fin?: boolean;
  /** The three reserved bits, 0–7. Default 0. */
  readonly reserved?: number;
  /** Default true, as a client must. */
  readonly masked?: boolean;
  /** The length that the head claims. Default: that of the payload. */
  readonly length?: number;
  /** Bytes of the length field: 1, 2 or 8. Default: the fewest. */
  readonly lengthBytes?: 1 | 2 | 8;
}

const mask = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);

/** The bytes of one frame. */
export function frame(parts: FrameParts = {}): Buffer {
  const { opcode = Opcode.text, fin = true, reserved = 0, masked = true } = parts;
  const payload = Buffer.from(parts.payload ?? "");
  const first = (fin ? 0x80 : 0) | ((reserved & 7) << 4) | (opcode & 15);
  const length = lengthField(parts.length ?? payload.length, parts.lengthBytes);
  length[0] = (length[0] as number) | (masked ? 0x80 : 0);
  return Buffer.concat([
    Buffer.from([first]),
    length,
    ...(masked ? [mask, maskPayload(payload)] : [payload]),
  ]);
}

export const command = (name: string, fields: object = {}): Buffer =>
  frame({ payload: JSON.stringify({ command: name, ...fields }) });

/** A close frame; without a code it is empty. */
export function closeFrame(code?: number, reason: string | Buffer = ""): Buffer {
  if (code === undefined) return frame({ opcode: Opcode.close });
  const head = Buffer.from([code >> 8, code & 0xff]);
  return frame({ opcode: Opcode.close, payload: Buffer.concat([head, Buffer.from(reason)]) });
}

function lengthField(length: number, bytes?: 1 | 2 | 8): Buffer {
  const size = bytes ?? (length < 126 ? 1 : length < 65_536 ? 2 : 8);
  if (size === 1) return Buffer.from([length & 0x7f]);
  const field = Buffer.alloc(1 + size);
  field[0] = size === 2 ? 126 : 127;
  if (size === 2) field.writeUInt16BE(length & 0xffff, 1);
  else field.writeBigUInt64BE(BigInt(length), 1);
  return field;
}

const maskPayload = (payload: Buffer): Buffer =>
  Buffer.from(payload.map((byte, at) => byte ^ (mask[at & 3] as number)));
