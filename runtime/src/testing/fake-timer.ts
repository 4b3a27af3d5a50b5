/** What a fake timer asks of the time that it belongs to. */
export interface TimerQueue {
  readonly nowMs: number;
  add(timer: FakeTimer): void;
  delete(timer: FakeTimer): void;
}

export interface TimerRules {
  readonly callback: (...args: unknown[]) => void;
  readonly args: readonly unknown[];
  readonly delayMs: number;
  readonly repeats: boolean;
}

let lastId = 0;

/** What `setTimeout` and `setInterval` return under fake time; it has the methods of Node's timers. */
export class FakeTimer implements Disposable {
  readonly id = ++lastId;
  dueMs: number;
  readonly #rules: TimerRules;
  readonly #queue: TimerQueue;
  #isReferenced = true;

  constructor(rules: TimerRules, queue: TimerQueue) {
    this.#rules = rules;
    this.#queue = queue;
    this.dueMs = queue.nowMs + rules.delayMs;
    queue.add(this);
  }

  fire(): void {
    const { callback, args, delayMs, repeats } = this.#rules;
    if (repeats) this.dueMs += delayMs;
    else this.#queue.delete(this);
    callback(...args);
  }

  refresh(): this {
    this.dueMs = this.#queue.nowMs + this.#rules.delayMs;
    this.#queue.add(this);
    return this;
  }

  /** Fake timers keep no process alive, referenced or not. */
  ref(): this {
    this.#isReferenced = true;
    return this;
  }

  unref(): this {
    this.#isReferenced = false;
    return this;
  }

  hasRef(): boolean {
    return this.#isReferenced;
  }

  close(): this {
    this.#queue.delete(this);
    return this;
  }

  [Symbol.toPrimitive](): number {
    return this.id;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
