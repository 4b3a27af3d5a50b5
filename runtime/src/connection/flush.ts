import type { Frame } from "./frame.js";

/**
 * Joins the frames of one turn to one buffer. Broadcasts leave the same frames waiting at connection after
 * connection, so the last result is kept and given again.
 */
export class FrameJoiner {
  #frames: readonly Frame[] = [];
  #joined: Buffer = Buffer.alloc(0);

  join(frames: readonly Frame[]): Buffer {
    if (!hasSameElements(frames, this.#frames)) {
      this.#frames = frames;
      this.#joined = Buffer.concat(
        frames.map((frame) => (typeof frame === "string" ? Buffer.from(frame, "latin1") : frame)),
      );
    }
    return this.#joined;
  }

  /** Lets go of what it holds. */
  clear(): void {
    this.#frames = [];
    this.#joined = Buffer.alloc(0);
  }
}

function hasSameElements(left: readonly Frame[], right: readonly Frame[]): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++) {
    if (left[index] !== right[index]) return false;
  }
  return true;
}

/** What collects output during a turn of the event loop and writes it at its end. */
export interface Flushable {
  flush(joiner: FrameJoiner): void;
}

/**
 * Collects the connections that have something to send and flushes each of them once per turn of the event loop, so
 * that the replies to everything that one turn read cost one write per connection.
 */
class FlushCycle {
  readonly #joiner = new FrameJoiner();
  #dirty: Flushable[] = [];
  #isScheduled = false;

  add(outbox: Flushable): void {
    this.#dirty.push(outbox);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(this.#run);
  }

  readonly #run = (): void => {
    const dirty = this.#dirty;
    this.#dirty = [];
    this.#isScheduled = false;
    for (const outbox of dirty) outbox.flush(this.#joiner);
    this.#joiner.clear();
  };
}

/** One for the process: a turn of the event loop is the process's too. */
export const flushCycle = new FlushCycle();
