import type { CommandRateOptions } from "../config/module-types.js";
import { addressBlock } from "./ip-address.js";

/** Counts the connections of a module, in total and by address. Also counts handshakes. */
export class ConnectionLimits {
  readonly #maxTotal: number;
  readonly #maxPerAddress: number;
  readonly #byAddress = new Map<string, number>();
  #total = 0;

  /** 0: no limit. */
  constructor(limits: { maxConnections: number; maxConnectionsPerAddress: number }) {
    this.#maxTotal = limits.maxConnections;
    this.#maxPerAddress = limits.maxConnectionsPerAddress;
  }

  /** The number of addresses with connections. */
  get addresses(): number {
    return this.#byAddress.size;
  }

  /** Counts a connection until `leave`, unless a limit is reached. */
  enter(address: string): "entered" | "full" | "address-full" {
    if (this.#maxTotal > 0 && this.#total >= this.#maxTotal) return "full";
    if (this.#maxPerAddress > 0) {
      const block = addressBlock(address);
      const atAddress = this.#byAddress.get(block) ?? 0;
      if (atAddress >= this.#maxPerAddress) return "address-full";
      this.#byAddress.set(block, atAddress + 1);
    }
    this.#total += 1;
    return "entered";
  }

  leave(address: string): void {
    this.#total -= 1;
    if (this.#maxPerAddress === 0) return;
    const block = addressBlock(address);
    const left = (this.#byAddress.get(block) ?? 1) - 1;
    if (left > 0) this.#byAddress.set(block, left);
    else this.#byAddress.delete(block);
  }
}

/** Allows `burst` at once, then `perSecond`. */
export class TokenBucket {
  readonly #rate: CommandRateOptions;
  #tokens: number;
  #filledAtMs: number;

  constructor(rate: CommandRateOptions, nowMs = performance.now()) {
    this.#rate = rate;
    this.#tokens = rate.burst;
    this.#filledAtMs = nowMs;
  }

  take(nowMs = performance.now()): boolean {
    const earned = ((nowMs - this.#filledAtMs) / 1_000) * this.#rate.perSecond;
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + earned);
    this.#filledAtMs = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
