import { Readable } from "node:stream";

/** The most bytes that wait for a reader that is slow. Further lines are counted, not kept. */
const maxWaitingBytes = 1_048_576;

/** A response that never ends by itself: one JSON value on each line. */
export class JsonLines {
  readonly stream = new Readable({ read: () => undefined });
  #skipped = 0;

  /** @param onClose called once, when the reader has left or the response was ended */
  constructor(onClose: () => void) {
    this.stream.once("close", onClose);
    // A reader that breaks off.
    this.stream.on("error", () => undefined);
  }

  write(value: unknown): void {
    if (this.stream.destroyed) return;
    if (this.stream.readableLength > maxWaitingBytes) this.#skipped += 1;
    else this.stream.push(`${JSON.stringify(value)}\n`);
  }

  /** The number of lines that were left out since the last call. */
  takeSkipped(): number {
    const skipped = this.#skipped;
    this.#skipped = 0;
    return skipped;
  }

  end(): void {
    if (!this.stream.destroyed) this.stream.push(null);
  }
}
