import { FrameJoiner } from "./join-frames.js";

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
