import { isIPv6 } from "node:net";
import type { CommandRateOptions } from "../config/module-types.js";

/** Writes an IPv6 address in the form of RFC 5952. Writes `::ffff:1.2.3.4` as its IPv4 address. */
export function canonicalIPv6(address: string): string {
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [, high, low] = /^::ffff:([\da-f]+):([\da-f]+)$/.exec(canonical) ?? [];
  if (high === undefined || low === undefined) return canonical;
  const bytes = [high, low].flatMap((group) => {
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
  return bytes.join(".");
}

/**
 * Returns the unit of the limits per address: an IPv4 address, or the /64 of an IPv6 address, because one customer of a
 * provider has a whole /64.
 */
export function addressBlock(address: string): string {
  const [bare = ""] = address.split("%");
  if (!isIPv6(bare)) return address;
  const canonical = canonicalIPv6(bare);
  const [head = "", tail] = canonical.split("::");
  const front = head.split(":");
  if (!canonical.includes(":")) return canonical;
  const back = tail ? tail.split(":").length : 0;
  const zeros = tail === undefined ? 0 : 8 - (head === "" ? 0 : front.length) - back;
  const groups = [
    ...(head === "" ? [] : front),
    ...Array<string>(zeros).fill("0"),
    ...(tail?.split(":") ?? []),
  ];
  return `${groups.slice(0, 4).join(":")}::/64`;
}

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
