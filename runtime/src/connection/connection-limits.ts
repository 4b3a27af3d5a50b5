/** Counts a module's connections, in all and by address, handshakes included. */
export class ConnectionLimits {
  readonly #maxInAll: number;
  readonly #maxPerAddress: number;
  readonly #byAddress = new Map<string, number>();
  #inAll = 0;

  /** 0: no limit. */
  constructor(limits: { maxConnections: number; maxConnectionsPerAddress: number }) {
    this.#maxInAll = limits.maxConnections;
    this.#maxPerAddress = limits.maxConnectionsPerAddress;
  }

  /** Takes a place, to be given back with `leave`. A limit that is reached: no place is taken. */
  enter(address: string): "entered" | "full" | "address-full" {
    if (this.#maxInAll > 0 && this.#inAll >= this.#maxInAll) return "full";
    if (this.#maxPerAddress > 0) {
      const atAddress = this.#byAddress.get(address) ?? 0;
      if (atAddress >= this.#maxPerAddress) return "address-full";
      this.#byAddress.set(address, atAddress + 1);
    }
    this.#inAll += 1;
    return "entered";
  }

  leave(address: string): void {
    this.#inAll -= 1;
    if (this.#maxPerAddress === 0) return;
    const left = (this.#byAddress.get(address) ?? 1) - 1;
    if (left > 0) this.#byAddress.set(address, left);
    else this.#byAddress.delete(address);
  }
}
