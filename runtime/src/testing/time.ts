import { performance as nodePerformance } from "node:perf_hooks";
import { createClock } from "@sinonjs/fake-timers";

/** Fake time, which the test controls. */
export interface FakeTime extends Disposable {
  /** Milliseconds since the epoch: the result of `Date.now()` under fake time. */
  readonly nowMs: number;
  /**
   * Advances the time: fires the due timers in order, and lets the sockets of this process deliver after each. Await
   * other operations (another process, a file) as usual.
   */
  advance(ms: number): Promise<void>;
  /** Restores the real time. Pending timers never fire. */
  restore(): void;
}

let isFake = false;

/**
 * Replaces `setTimeout`, `setInterval`, `performance.now` and `Date` of this process until `restore()`, so that
 * heartbeats, timeouts and rate limits can be tested without waiting. Call it before the modules start. Sockets and
 * `setImmediate` stay real, and so do Node's own timers: the limit on a slow request head, `node:timers/promises`.
 * @throws Error if time is already fake
 */
export function fakeTime(): FakeTime {
  if (isFake) throw new Error("Time is already fake. Call restore() first.");
  isFake = true;
  const clock = createClock(Date.now());
  // An integer, so that sums of milliseconds are exact.
  const performanceStartMs = Math.ceil(performance.now()) - clock.now;
  // A timer that was set in real time is cleared in real time.
  const stop = (timer: NodeJS.Timeout | undefined) =>
    clock.timers?.has(Number(timer)) ? clock.clearTimeout(timer) : realTimers.clearTimeout(timer);
  const undo = [
    replace(globalThis, {
      setTimeout: (callback: Callback, delay: unknown, ...args: unknown[]) =>
        clock.setTimeout(callback, toDelay(delay), ...args),
      setInterval: (callback: Callback, delay: unknown, ...args: unknown[]) =>
        clock.setInterval(callback, toDelay(delay), ...args),
      clearTimeout: stop,
      clearInterval: stop,
      Date: clock.Date,
    }),
    replace(performance, { now: () => performanceStartMs + clock.now }),
  ];
  const isDue = (endMs: number) =>
    [...(clock.timers?.values() ?? [])].some(({ callAt = endMs + 1 }) => callAt <= endMs);
  const restore = () => {
    for (const restoreOne of undo.splice(0)) {
      restoreOne();
      isFake = false;
    }
  };
  return {
    get nowMs() {
      return clock.now;
    },
    async advance(ms) {
      const endMs = clock.now + ms;
      for (await delivered(); isDue(endMs); await delivered()) clock.next();
      clock.tick(endMs - clock.now);
    },
    restore,
    [Symbol.dispose]: restore,
  };
}

type Callback = (...args: unknown[]) => void;

/** As in Node: a delay of less than 1 ms, of more than 2^31 ms or that is not a number is 1 ms. */
const toDelay = (delay: unknown): number =>
  typeof delay === "number" && delay >= 1 && delay < 2 ** 31 ? delay : 1;

/** Sets properties of an object. @returns a function that restores them */
function replace<Target extends object>(target: Target, values: Partial<Record<keyof Target, unknown>>) {
  const before = Object.keys(values).map(
    (name) => [name, Object.getOwnPropertyDescriptor(target, name)] as const,
  );
  for (const [name, value] of Object.entries(values)) {
    Object.defineProperty(target, name, { value, configurable: true, enumerable: true, writable: true });
  }
  return () => {
    for (const [name, descriptor] of before) {
      if (descriptor === undefined) Reflect.deleteProperty(target, name);
      else Object.defineProperty(target, name, descriptor);
    }
  };
}

/**
 * The turns of the event loop without an event after which all data counts as delivered: an answer may need some turns. Node
 * 22.0 to 22.7 does not count events, so it always waits this many turns, enough for a message and its answer.
 */
const quietTurns = 8;
/** The most turns to wait for busy sockets. */
const maxTurns = 1_000;

/** Resolves when the event loop has no more received data to deliver. */
async function delivered(): Promise<void> {
  const countEvents = () => nodePerformance.nodeTiming.uvMetricsInfo?.events;
  let seen = countEvents();
  for (let turn = 0, quiet = 0; quiet < quietTurns && turn < maxTurns; turn += 1) {
    await new Promise((resolve) => realTimers.setImmediate(resolve));
    const events = countEvents();
    quiet = events === seen ? quiet + 1 : 0;
    seen = events;
  }
}

/** The timers at the load of the test kit, for waits in real time under fake time. */
export const realTimers = {
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setImmediate: globalThis.setImmediate,
};

/** Waits at most 10 s of real time. @throws Error with `failure` as its message */
export function inTime<T>(promise: Promise<T>, failure: string, limitMs = 10_000): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = realTimers.setTimeout(() => reject(new Error(`${failure} within ${limitMs} ms.`)), limitMs);
    promise.then(resolve, reject).finally(() => realTimers.clearTimeout(timer));
  });
}
