/** What each part may still take once the work is hurried. */
const hurriedMs = 100;

/** Work that goes on in the background and that a shutdown waits for. What a promise rejects with is the business of whoever made it. */
export class PendingWork {
  readonly #promises = new Set<Promise<unknown>>();
  readonly #waits = new Set<() => void>();
  #isHurried = false;

  add(promise: Promise<unknown>): void {
    const settled = promise
      .catch(() => undefined)
      .then(() => {
        this.#promises.delete(settled);
      });
    this.#promises.add(settled);
  }

  /** Resolves once nothing is pending, including what was added meanwhile. */
  async settled(): Promise<void> {
    while (this.#promises.size > 0) await Promise.all(this.#promises);
  }

  /** Ends all waiting in `waitFor`; from now on it takes 100 ms at most. */
  hurry(): void {
    this.#isHurried = true;
    for (const goOn of this.#waits) goOn();
  }

  /** Waits for a part of the work, at most for a time, and not when the work is hurried. False: the part is not done. */
  async waitFor(part: Promise<unknown>, limitMs: number): Promise<boolean> {
    let goOn = () => {};
    const stopped = new Promise<false>((resolve) => {
      goOn = () => resolve(false);
    });
    const timer = setTimeout(goOn, this.#isHurried ? Math.min(limitMs, hurriedMs) : limitMs);
    this.#waits.add(goOn);
    const isDone = await Promise.race([part.then(() => true as const), stopped]);
    this.#waits.delete(goOn);
    clearTimeout(timer);
    return isDone;
  }
}
