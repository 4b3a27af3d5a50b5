import { performance } from "node:perf_hooks";
import type { Connection } from "../connection/connection.js";
import { type QueuedItem, readFrame } from "../connection/frame.js";
import type { CommandOutcome, ObservedCommand, Observer, Watch } from "../connection/observers.js";
import type { Payload } from "../protocol/codec.js";
import type { MessageReader, ReadMessage } from "./read-message.js";
import type { FrameChange, FrameLine, RecordedFrame } from "./report.js";

/** The most frames of a second that are read and shown. */
const maxPerSecond = 200;
/** The most frames whose fate is still open. */
const maxOpen = 1_000;
/** The most frames that are kept after they are written. */
const maxKept = 50;

/** Records the frames of one connection for one open view of it. */
export class FrameRecorder implements Observer {
  readonly #connection: Connection;
  readonly #reader: MessageReader;
  readonly #write: (line: FrameLine) => void;
  #lastNumber = 0;
  #second = 0;
  #inSecond = 0;
  #leftOut = 0;
  /** The numbers of requests without an outcome, by their frame. */
  readonly #requests = new Map<Buffer, { readonly n: number; left: number; hasFailed: boolean }>();
  /** The numbers and commands of requests, by correlation id. */
  readonly #calls = new Map<string, { readonly n: number; readonly command: string }>();
  /** The last frames, in the order of their numbers. */
  readonly #kept: RecordedFrame[] = [];
  /** Frames to the client that its socket has not taken, in order. */
  #queued: { readonly item: QueuedItem; readonly n: number }[] = [];

  /** @param write receives what happens; called once more with `closed` */
  constructor(connection: Connection, reader: MessageReader, write: (line: FrameLine) => void) {
    this.#connection = connection;
    this.#reader = reader;
    this.#write = write;
  }

  /** The last 50 frames of a connection with what became of them; undefined if this recorder has another one. */
  lastFrames(connection: Connection): readonly RecordedFrame[] | undefined {
    return connection === this.#connection ? [...this.#kept] : undefined;
  }

  messageReceived(connection: Connection, raw: Buffer, isBinary: boolean): void {
    if (connection !== this.#connection || !this.#hasRoom()) return;
    const message = this.#reader.readInbound(raw, isBinary);
    // Other messages get an answer, too, if they are wrong.
    const isHandled = message.type === "request" || message.problems.length > 0;
    const fate = isHandled ? "waiting" : "taken";
    const frame = this.#add(message, { direction: "in", bytes: raw.length, isBinary, fate });
    if (isHandled && this.#requests.size < maxOpen)
      this.#requests.set(raw, { n: frame.n, left: message.commands ?? 1, hasFailed: false });
    if (message.correlation !== undefined)
      this.#remember(message.correlation, { n: frame.n, command: message.name });
  }

  commandBegan({ connection, raw }: ObservedCommand): Watch<CommandOutcome> | undefined {
    const request = connection === this.#connection ? this.#requests.get(raw) : undefined;
    if (request === undefined) return undefined;
    const { n } = request;
    const beganMs = performance.now();
    return {
      ended: ({ code }) => {
        request.left -= 1;
        if (request.left <= 0) this.#requests.delete(raw);
        const ms = performance.now() - beganMs;
        // A batch has failed if one of its commands has.
        if (request.hasFailed) return;
        request.hasFailed = code !== undefined;
        if (code === undefined) this.#update(n, { fate: "answered", ms });
        else this.#update(n, { fate: connection.isEnded ? "too_late" : "failed", code, ms });
      },
    };
  }

  messageQueued(connection: Connection, item: QueuedItem): void {
    if (connection !== this.#connection || !this.#hasRoom()) return;
    const { payload, bytes } = toPayload(item);
    const message = this.#reader.readOutbound(
      payload,
      (correlation) => this.#calls.get(correlation)?.command,
    );
    const call = message.correlation === undefined ? undefined : this.#calls.get(message.correlation);
    const isBinary = typeof payload !== "string";
    const { n } = this.#add(message, { direction: "out", bytes, isBinary, fate: "sent", answers: call?.n });
    if (message.correlation !== undefined) this.#calls.delete(message.correlation);
    if (this.#queued.length === 0) this.#connection.whenDrained((isDrained) => this.#settle(isDrained));
    if (this.#queued.length < maxOpen) this.#queued.push({ item, n });
  }

  messageDropped(connection: Connection, _event: string | undefined, item: QueuedItem): void {
    if (connection !== this.#connection) return;
    const index = this.#queued.findIndex((queued) => queued.item === item);
    const [dropped] = index < 0 ? [] : this.#queued.splice(index, 1);
    if (dropped !== undefined) this.#update(dropped.n, { fate: "dropped" });
  }

  connectionEnded(connection: Connection, code: number, reason: string): void {
    if (connection !== this.#connection) return;
    this.#settle(false);
    this.#reportLeftOut();
    this.#write({ kind: "closed", at: Date.now(), code, reason });
  }

  /** The fate of the frames that were sent so far. */
  #settle(isTaken: boolean): void {
    const settled = this.#queued;
    this.#queued = [];
    for (const { n } of settled) this.#update(n, { fate: isTaken ? "taken" : "too_late" });
  }

  /** Frames above the budget are counted, not read. */
  #hasRoom(): boolean {
    const second = Math.trunc(performance.now() / 1_000);
    if (second !== this.#second) {
      this.#second = second;
      this.#inSecond = 0;
      this.#reportLeftOut();
    }
    this.#inSecond += 1;
    if (this.#inSecond <= maxPerSecond) return true;
    this.#leftOut += 1;
    return false;
  }

  #reportLeftOut(): void {
    if (this.#leftOut > 0) this.#write({ kind: "left_out", count: this.#leftOut });
    this.#leftOut = 0;
  }

  #add(
    { correlation: _correlation, commands: _commands, ...message }: ReadMessage,
    facts: Pick<RecordedFrame, "direction" | "bytes" | "isBinary" | "fate" | "answers">,
  ): RecordedFrame {
    this.#lastNumber += 1;
    const at = performance.timeOrigin + performance.now();
    const frame = { n: this.#lastNumber, at, ...facts, ...message };
    this.#write({ kind: "frame", frame });
    this.#kept.push(frame);
    if (this.#kept.length > maxKept) this.#kept.shift();
    return frame;
  }

  #update(n: number, change: FrameChange): void {
    this.#write({ kind: "update", n, change });
    const index = n - (this.#kept[0]?.n ?? 0);
    const frame = this.#kept[index];
    if (frame !== undefined) this.#kept[index] = { ...frame, ...change };
  }

  #remember(correlation: string, call: { readonly n: number; readonly command: string }): void {
    const [oldest] = this.#calls.keys();
    if (oldest !== undefined && this.#calls.size >= maxOpen) this.#calls.delete(oldest);
    this.#calls.set(correlation, call);
  }
}

function toPayload(item: QueuedItem): { readonly payload: Payload; readonly bytes: number } {
  const payload = typeof item === "string" || Buffer.isBuffer(item) ? readFrame(item) : item.payload;
  return { payload, bytes: Buffer.byteLength(payload) };
}
