/** Work that goes on in the background and that a shutdown waits for. The promises must not reject. */
export class PendingWork {
  readonly #promises = new Set<Promise<unknown>>();

  add(promise: Promise<unknown>): void {
    this.#promises.add(promise);
    promise.then(() => this.#promises.delete(promise));
  }

  /** Resolves once nothing is pending, including what was added meanwhile. */
  async settled(): Promise<void> {
    while (this.#promises.size > 0) await Promise.all(this.#promises);
  }
}
