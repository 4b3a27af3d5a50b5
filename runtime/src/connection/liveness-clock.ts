/** What wants to look at the time every now and then. */
export interface Timed {
  /** `nowMs` is that of `performance.now()`. */
  checkTime(nowMs: number): void;
}

const finestMs = 20;
const coarsestMs = 1_000;

/** One timer for all connections; 10,000 of them cost it one pass over a map, not 10,000 timers. */
export class LivenessClock {
  readonly #groups: ReadonlyMap<unknown, Timed>[] = [];
  readonly #intervalMs: number;
  #timer: NodeJS.Timeout | undefined;

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
      this.#timer ??= setInterval(this.#tick, this.#intervalMs).unref();
    } else {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }

  readonly #tick = (): void => {
    const nowMs = performance.now();
    for (const members of this.#groups) {
      for (const member of members.values()) member.checkTime(nowMs);
    }
  };
}
