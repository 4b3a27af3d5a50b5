import { realTimers } from "./time.js";

interface Waiter {
  readonly wants: (message: unknown) => boolean;
  resolve(message: unknown): void;
  reject(error: Error): void;
}

/** Keeps messages until they are taken, and pending takers until a message arrives. */
export class MessageQueue {
  readonly #messages: unknown[] = [];
  readonly #waiters: Waiter[] = [];
  #ended: string | undefined;

  add(message: unknown): void {
    const index = this.#waiters.findIndex((waiter) => waiter.wants(message));
    if (index < 0) this.#messages.push(message);
    else this.#waiters.splice(index, 1)[0]?.resolve(message);
  }

  /** Ends the queue: rejects every pending promise with the reason. */
  end(reason: string): void {
    this.#ended = reason;
    for (const waiter of this.#waiters.splice(0)) waiter.reject(new Error(reason));
  }

  /** Takes the first matching message. @throws Error at a timeout or if the queue has ended */
  take(wants: (message: unknown) => boolean, timeoutMs: number): Promise<unknown> {
    const index = this.#messages.findIndex(wants);
    if (index >= 0) return Promise.resolve(this.#messages.splice(index, 1)[0]);
    if (this.#ended !== undefined) return Promise.reject(new Error(this.#ended));
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        wants,
        resolve: (message) => {
          realTimers.clearTimeout(timer);
          resolve(message);
        },
        reject: (error) => {
          realTimers.clearTimeout(timer);
          reject(error);
        },
      };
      const timer = realTimers.setTimeout(() => {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
        reject(
          new Error(`No message came within ${timeoutMs} ms; waiting: ${JSON.stringify(this.#messages)}`),
        );
      }, timeoutMs);
      this.#waiters.push(waiter);
    });
  }
}
