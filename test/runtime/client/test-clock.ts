import type { Clock } from "../../../runtime/src/client/index.js";

/** Time that passes when a test says so. */
export interface TestClock extends Clock {
  /** Lets time pass; what is due runs in order. */
  pass(ms: number): void;
  /** Delays of the timers that are running. */
  readonly running: readonly number[];
}

export function createTestClock(): TestClock {
  let now = 0;
  const timers = new Set<{ at: number; delayMs: number; run: () => void }>();
  return {
    performance: { now: () => now },
    setTimeout(run, delayMs) {
      const timer = { at: now + delayMs, delayMs, run };
      timers.add(timer);
      return timer;
    },
    clearTimeout: (timer) => void timers.delete(timer as never),
    pass(ms) {
      const end = now + ms;
      for (;;) {
        const [next] = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
        if (next === undefined) break;
        timers.delete(next);
        now = next.at;
        next.run();
      }
      now = end;
    },
    get running() {
      return [...timers].map(({ delayMs }) => delayMs);
    },
  };
}

/** The platform's time, and how many timers are running. */
export function countTimers(): Clock & { readonly count: number } {
  const running = new Set<unknown>();
  return {
    performance,
    setTimeout(run, delayMs) {
      const timer = setTimeout(() => {
        running.delete(timer);
        run();
      }, delayMs);
      running.add(timer);
      return timer;
    },
    clearTimeout(timer) {
      running.delete(timer);
      clearTimeout(timer as NodeJS.Timeout);
    },
    get count() {
      return running.size;
    },
  };
}
