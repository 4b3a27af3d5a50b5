import type { Connection } from "./connection.js";

/** One frame that a client sent. */
export interface InboundFrame {
  readonly raw: Buffer;
  readonly isBinary: boolean;
}

/** The connection of a queue. */
type Owner = Pick<Connection, "handleFrame" | "onMessageError" | "pauseReading" | "resumeReading">;

export interface InboundLimits {
  /** The number of frames that are handled at the same time. 1 keeps the order of the replies. */
  readonly concurrency: number;
  readonly maxFrames: number;
  readonly maxBytes: number;
}

/**
 * Handles the frames of one connection in the order received. When more frames wait than the limits allow, the socket
 * is not read until half of them are done. The sender notices this as TCP back-pressure.
 */
export class InboundQueue {
  readonly #owner: Owner;
  readonly #limits: InboundLimits;
  #waiting: InboundFrame[] | undefined;
  #waitingBytes = 0;
  #running = 0;
  /** The number of frames that may be handled at the same time now; 0 during `hold`. */
  #places: number;
  #isPaused = false;
  #onIdle: (() => void) | undefined;

  constructor(owner: Owner, limits: InboundLimits) {
    this.#owner = owner;
    this.#limits = limits;
    this.#places = limits.concurrency;
  }

  add(frame: InboundFrame): void {
    if (this.#running < this.#places && this.#isEmpty()) {
      this.#start(frame);
      return;
    }
    this.#waiting ??= [];
    this.#waiting.push(frame);
    this.#waitingBytes += frame.raw.length;
    if (!this.#isPaused && this.#exceeds(1)) {
      this.#isPaused = true;
      this.#owner.pauseReading();
    }
  }

  /** Starts no frame until `release`. Frames wait, up to the limits. */
  hold(): void {
    this.#places = 0;
  }

  release(): void {
    this.#places = this.#limits.concurrency;
    this.#continue();
  }

  /** Drops the frames whose handling has not started. */
  clear(): void {
    this.#waiting = undefined;
    this.#waitingBytes = 0;
  }

  /** The number of frames that wait. */
  get length(): number {
    return this.#waiting?.length ?? 0;
  }

  /** The number of frames that are being handled. */
  get running(): number {
    return this.#running;
  }

  /** True if no frame is being handled or waits. */
  get isIdle(): boolean {
    return this.#running === 0 && this.#isEmpty();
  }

  /** Resolves once no frame is being handled or waits. */
  async idle(): Promise<void> {
    if (this.isIdle) return;
    await new Promise<void>((resolve) => {
      const previous = this.#onIdle;
      this.#onIdle = () => {
        previous?.();
        resolve();
      };
    });
  }

  #isEmpty(): boolean {
    return this.#waiting === undefined || this.#waiting.length === 0;
  }

  #exceeds(share: number): boolean {
    const { maxFrames, maxBytes } = this.#limits;
    return (this.#waiting?.length ?? 0) >= maxFrames * share || this.#waitingBytes >= maxBytes * share;
  }

  #start(frame: InboundFrame): void {
    try {
      const handled = this.#owner.handleFrame(frame);
      if (handled === undefined) return;
      this.#running += 1;
      handled.then(
        () => this.#finished(),
        (error) => {
          this.#owner.onMessageError(error);
          this.#finished();
        },
      );
    } catch (error) {
      this.#owner.onMessageError(error);
    }
  }

  #finished(): void {
    this.#running -= 1;
    this.#continue();
  }

  #continue(): void {
    this.#startWaiting();
    if (this.#isPaused && !this.#exceeds(0.5)) {
      this.#isPaused = false;
      this.#owner.resumeReading();
    }
    if (this.isIdle) {
      this.#waiting = undefined;
      this.#onIdle?.();
      this.#onIdle = undefined;
    }
  }

  #startWaiting(): void {
    while (this.#running < this.#places) {
      const frame = this.#waiting?.shift();
      if (frame === undefined) return;
      this.#waitingBytes -= frame.raw.length;
      this.#start(frame);
    }
  }
}
