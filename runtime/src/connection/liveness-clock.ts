/** What wants to look at the time every now and then. */
export interface Timed {
  /** `nowMs` is that of `performance.now()`. */
  checkTime(nowMs: number): void;
}

const finestMs = 20;
const coarsestMs = 1_000;

/** One timer for all connections; 10,000 of them cost it one pass over a set, not 10,000 timers. */
export class LivenessClock {
  readonly #members = new Set<Timed>();
  readonly #intervalMs: number;
  #timer: NodeJS.Timeout | undefined;

  /** `shortestMs` is the shortest of the durations that the members watch; each is kept to a quarter of it, or a second. */
  constructor(shortestMs: number) {
    this.#intervalMs = Math.min(coarsestMs, Math.max(finestMs, shortestMs / 4));
  }

  add(member: Timed): void {
    this.#members.add(member);
    this.#timer ??= setInterval(this.#tick, this.#intervalMs).unref();
  }

  delete(member: Timed): void {
    this.#members.delete(member);
    if (this.#members.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  readonly #tick = (): void => {
    const nowMs = performance.now();
    for (const member of this.#members) member.checkTime(nowMs);
  };
}
