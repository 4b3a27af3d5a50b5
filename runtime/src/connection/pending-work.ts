import { setImmediate as nextTurn } from "node:timers/promises";

/** The number of connections that are closed in one turn of the event loop. Other work runs between the turns. */
const batchSize = 500;

/** Runs a function for many connections. */
export async function runInBatches<Item>(items: readonly Item[], run: (item: Item) => void): Promise<void> {
  for (let start = 0; start < items.length; start += batchSize) {
    for (const item of items.slice(start, start + batchSize)) run(item);
    await nextTurn();
  }
}

/** Time limit of each part after `shortenWaits`. */
const shortenedMs = 100;

/** Background work that a shutdown waits for. Ignores rejections: the creator of a promise handles them. */
export class PendingWork {
  readonly #promises = new Set<Promise<unknown>>();
  readonly #waits = new Set<() => void>();
  #isShortened = false;

  /** True after `shortenWaits`. */
  get isShortened(): boolean {
    return this.#isShortened;
  }

  add(promise: Promise<unknown>): void {
    const settled = promise
      .catch(() => undefined)
      .then(() => {
        this.#promises.delete(settled);
      });
    this.#promises.add(settled);
  }

  /** Resolves when nothing is pending, including work added meanwhile. */
  async settled(): Promise<void> {
    while (this.#promises.size > 0) await Promise.all(this.#promises);
  }

  /** Ends all waits in `waitFor`. Later waits take at most 100 ms. */
  shortenWaits(): void {
    this.#isShortened = true;
    for (const stopWaiting of this.#waits) stopWaiting();
  }

  /** Waits for a part of the work, up to the time limit or until `shortenWaits`. @returns false if the part is not done */
  async waitFor(part: Promise<unknown>, limitMs: number): Promise<boolean> {
    let stopWaiting = () => {};
    const stopped = new Promise<false>((resolve) => {
      stopWaiting = () => resolve(false);
    });
    const timer = setTimeout(stopWaiting, this.#isShortened ? Math.min(limitMs, shortenedMs) : limitMs);
    this.#waits.add(stopWaiting);
    const isDone = await Promise.race([part.then(() => true as const), stopped]);
    this.#waits.delete(stopWaiting);
    clearTimeout(timer);
    return isDone;
  }
}
