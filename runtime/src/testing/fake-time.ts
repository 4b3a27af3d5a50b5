import { FakeTimer, type TimerQueue } from "./fake-timer.js";
import { realTimers } from "./real-timers.js";

/** Time that passes only when a test says so. */
export interface FakeTime extends Disposable {
  /** Milliseconds since the epoch, as `Date.now()` gives them meanwhile. */
  readonly nowMs: number;
  /**
   * Lets time pass: fires what is due, in order, and lets the sockets of this process deliver after each. What takes
   * longer (another process, a file) is waited for as ever.
   */
  advance(ms: number): Promise<void>;
  /** Gives the real time back. Timers that are still waiting never fire. */
  restore(): void;
}

let current: FakeTimers | undefined;

/**
 * Replaces `setTimeout`, `setInterval`, `performance.now` and `Date` of this process until `restore()`, so that
 * heartbeats, timeouts and rate limits can be tested without waiting. Call it before the modules start. Sockets and
 * `setImmediate` stay real, and so do Node's own timers: the limit on a slow request head, `node:timers/promises`.
 * @throws Error when time is fake already
 */
export function fakeTime(): FakeTime {
  if (current !== undefined) throw new Error("Time is fake already: restore() it first.");
  current = new FakeTimers();
  return current;
}

class FakeTimers implements FakeTime, TimerQueue {
  readonly #timers = new Map<number, FakeTimer>();
  readonly #startedAtMs = Date.now();
  /** Whole, so that sums of milliseconds are exact. */
  readonly #performanceMs = Math.ceil(performance.now());
  readonly #restore: readonly (() => void)[];
  #passedMs = 0;

  constructor() {
    const start = (repeats: boolean) => this.#createStart(repeats);
    const stop = (timer: unknown) => this.#stop(timer);
    this.#restore = [
      replace(globalThis, { setTimeout: start(false), clearTimeout: stop }),
      replace(globalThis, { setInterval: start(true), clearInterval: stop }),
      replace(globalThis, { Date: createDate(() => this.nowMs) }),
      replace(performance, { now: () => this.#performanceMs + this.#passedMs }),
    ];
  }

  get nowMs(): number {
    return this.#startedAtMs + this.#passedMs;
  }

  add(timer: FakeTimer): void {
    this.#timers.set(timer.id, timer);
  }

  delete(timer: FakeTimer): void {
    this.#timers.delete(timer.id);
  }

  async advance(ms: number): Promise<void> {
    const endMs = this.nowMs + ms;
    await delivered();
    for (let timer = this.#next(endMs); timer !== undefined; timer = this.#next(endMs)) {
      this.#passedMs = Math.max(this.#passedMs, timer.dueMs - this.#startedAtMs);
      timer.fire();
      await delivered();
    }
    this.#passedMs = endMs - this.#startedAtMs;
  }

  restore(): void {
    if (current !== this) return;
    for (const undo of this.#restore) undo();
    this.#timers.clear();
    current = undefined;
  }

  [Symbol.dispose](): void {
    this.restore();
  }

  /** The first that is due; of those that are due together, the one that was set first. */
  #next(endMs: number): FakeTimer | undefined {
    let next: FakeTimer | undefined;
    for (const timer of this.#timers.values()) {
      if (timer.dueMs <= endMs && (next === undefined || timer.dueMs < next.dueMs)) next = timer;
    }
    return next;
  }

  #createStart(repeats: boolean) {
    return (callback: (...args: unknown[]) => void, delay?: number, ...args: unknown[]): FakeTimer =>
      // As in Node: less than a millisecond, more than 2^31 and what is no number are one millisecond.
      new FakeTimer({ callback, args, repeats, delayMs: isDelay(delay) ? delay : 1 }, this);
  }

  /** A timer that was set in real time is cleared in real time. */
  #stop(timer: unknown): void {
    const fake = timer instanceof FakeTimer ? timer : this.#timers.get(Number(timer));
    if (fake === undefined) realTimers.clearTimeout(timer as NodeJS.Timeout);
    else this.delete(fake);
  }
}

const isDelay = (delay: unknown): delay is number =>
  typeof delay === "number" && delay >= 1 && delay < 2 ** 31;

/** Sets properties of an object. @returns what sets them back */
function replace<Target extends object>(target: Target, values: Partial<Record<keyof Target, unknown>>) {
  const before = Object.entries(values).map(
    ([name]) => [name, Object.getOwnPropertyDescriptor(target, name)] as const,
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

/** `Date` with another now. */
function createDate(now: () => number): DateConstructor {
  const RealDate = Date;
  return new Proxy(RealDate, {
    construct: (_target, args, newTarget) =>
      Reflect.construct(RealDate, args.length === 0 ? [now()] : args, newTarget),
    apply: () => new RealDate(now()).toString(),
    get: (target, name, receiver) => (name === "now" ? now : Reflect.get(target, name, receiver)),
  });
}

/**
 * Turns of the event loop until a message and its answer have gone over the loopback interface: written at the end of
 * a turn, read by the other side, answered at the end of that turn, read here; with room to spare.
 */
const turns = 12;

async function delivered(): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) {
    await new Promise((resolve) => realTimers.setImmediate(resolve));
  }
}
