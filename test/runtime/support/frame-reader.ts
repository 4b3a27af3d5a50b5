import { Opcode } from "./frames.js";

/** A frame that the server sent. */
export interface ServerFrame {
  readonly opcode: number;
  readonly fin: boolean;
  readonly reserved: number;
  readonly payload: Buffer;
}

/** What a close frame says; 1005: it bore no code. */
export interface CloseStatus {
  readonly code: number;
  readonly reason: string;
}

/** Cuts a server's bytes into frames. @throws Error for what RFC 6455 forbids a server to send */
export class FrameReader {
  #rest = Buffer.alloc(0);
  #isClosed = false;

  /** Bytes of a frame that is not whole yet. */
  get pendingBytes(): number {
    return this.#rest.length;
  }

  read(chunk: Buffer): ServerFrame[] {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    const frames: ServerFrame[] = [];
    for (let next = this.#take(); next !== undefined; next = this.#take()) frames.push(next);
    return frames;
  }

  #take(): ServerFrame | undefined {
    const bytes = this.#rest;
    if (bytes.length < 2) return undefined;
    if (this.#isClosed) throw new Error("the server sent a frame after its close frame");
    const [first, second] = [bytes[0] as number, bytes[1] as number];
    if (second & 0x80) throw new Error("the server masked a frame");
    const head = second < 126 ? 2 : second === 126 ? 4 : 10;
    if (bytes.length < head) return undefined;
    const length =
      second < 126 ? second : second === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
    if (bytes.length < head + length) return undefined;
    this.#rest = bytes.subarray(head + length);
    const taken = {
      opcode: first & 15,
      fin: (first & 0x80) !== 0,
      reserved: (first >> 4) & 7,
      payload: bytes.subarray(head, head + length),
    };
    checkFrame(taken);
    this.#isClosed = taken.opcode === Opcode.close;
    return taken;
  }
}

function checkFrame({ opcode, fin, payload }: ServerFrame): void {
  if (!Object.values<number>(Opcode).includes(opcode))
    throw new Error(`the server sent the opcode ${opcode}`);
  if (opcode < Opcode.close) return;
  if (!fin || payload.length > 125) throw new Error("the server sent a control frame in parts or too large");
  if (opcode === Opcode.close) readClose(payload);
}

/** @throws Error for a close code that must not be sent, or a reason that is not UTF-8 */
export function readClose(payload: Buffer): CloseStatus {
  if (payload.length === 0) return { code: 1005, reason: "" };
  const code = payload.readUInt16BE(0);
  const isSendable =
    (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) || (code >= 3000 && code < 5000);
  if (!isSendable) throw new Error(`the server sent the close code ${code}`);
  return { code, reason: new TextDecoder("utf-8", { fatal: true }).decode(payload.subarray(2)) };
}
