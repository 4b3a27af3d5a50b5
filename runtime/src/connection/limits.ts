import { isIPv6 } from "node:net";
import type { CommandRateOptions } from "../config/module-types.js";

/** An IPv6 address as RFC 5952 writes it; one that stands for an IPv4 address, as that. */
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
 * What counts as one address where addresses are limited: an IPv4 address, or the /64 of an IPv6 address, all of which
 * one customer of a provider has.
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

  /** The addresses that are counted: those with a place, and no others. */
  get addresses(): number {
    return this.#byAddress.size;
  }

  /** Takes a place, to be given back with `leave`. A limit that is reached: no place is taken. */
  enter(address: string): "entered" | "full" | "address-full" {
    if (this.#maxInAll > 0 && this.#inAll >= this.#maxInAll) return "full";
    if (this.#maxPerAddress > 0) {
      const block = addressBlock(address);
      const atAddress = this.#byAddress.get(block) ?? 0;
      if (atAddress >= this.#maxPerAddress) return "address-full";
      this.#byAddress.set(block, atAddress + 1);
    }
    this.#inAll += 1;
    return "entered";
  }

  leave(address: string): void {
    this.#inAll -= 1;
    if (this.#maxPerAddress === 0) return;
    const block = addressBlock(address);
    const left = (this.#byAddress.get(block) ?? 1) - 1;
    if (left > 0) this.#byAddress.set(block, left);
    else this.#byAddress.delete(block);
  }
}

/** Lets `burst` through at once and `perSecond` in the long run. */
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
