/** What wants to look at the time every now and then. */
export interface Timed {
  /** `nowMs` is the time of the clock. Must not throw. */
  checkTime(nowMs: number): void;
}

const finestMs = 20;
const coarsestMs = 1_000;

/**
 * One timer for all connections; 10,000 of them cost it one pass over a map, not 10,000 timers.
 *
 * Its time goes on by no more than the interval between two looks: when something blocks the event loop, or the machine
 * is busy, what the clients have sent or taken meanwhile has not been seen, and counts against none of them. For the same
 * reason it looks at the members only when the sockets have been read: timers run before what has arrived.
 */
export class LivenessClock {
  readonly #groups: ReadonlyMap<unknown, Timed>[] = [];
  readonly #intervalMs: number;
  #timer: NodeJS.Timeout | undefined;
  #tickedAtMs = 0;
  #nowMs = 0;

  /** `shortestMs` is the shortest of the durations that the members watch; each is kept to a quarter of it, or a second. */
  constructor(shortestMs: number) {
    this.#intervalMs = Math.min(coarsestMs, Math.max(finestMs, shortestMs / 4));
  }

  /** Watches whoever is in this map, from now on. Whoever changes it says so with `update`. */
  watch(members: ReadonlyMap<unknown, Timed>): void {
    this.#groups.push(members);
    this.update();
  }

  /** Members have come or gone: the timer runs while there are any. */
  update(): void {
    if (this.#groups.some(({ size }) => size > 0)) {
      this.#start();
    } else {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }

  #start(): void {
    if (this.#timer !== undefined) return;
    this.#tickedAtMs = performance.now();
    this.#timer = setInterval(this.#tick, this.#intervalMs).unref();
  }

  readonly #tick = (): void => {
    const readMs = performance.now();
    this.#nowMs += Math.min(readMs - this.#tickedAtMs, this.#intervalMs);
    this.#tickedAtMs = readMs;
    setImmediate(this.#look, this.#nowMs);
  };

  /** An immediate runs after the event loop has read every socket for which something had arrived. */
  readonly #look = (nowMs: number): void => {
    for (const members of this.#groups) {
      for (const member of members.values()) member.checkTime(nowMs);
    }
  };
}
