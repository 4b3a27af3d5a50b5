/** Work that goes on in the background and that a shutdown waits for. What a promise rejects with is the business of whoever made it. */
export class PendingWork {
  readonly #promises = new Set<Promise<unknown>>();

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
}
