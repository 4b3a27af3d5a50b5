import type { Duplex } from "node:stream";
import type { ModuleConfig } from "../config/module-types.js";
import type { Connection } from "./connection.js";
import type { ModuleSocket } from "./ws-internals/module-socket.js";

/** The other side of an open connection: pings it and notices its silence. */
export class Peer {
  readonly ws: ModuleSocket;
  readonly socket: Duplex & { readonly bytesRead?: number };
  /** Whole milliseconds, for a fraction takes memory of its own. Undefined: the clock has not looked yet. */
  #lastPingMs: number | undefined;
  /** Bytes that had come when the ping that awaits its answer was sent; -1: none awaits one. */
  #bytesAtPing = -1;

  constructor(ws: ModuleSocket, socket: Peer["socket"]) {
    this.ws = ws;
    this.socket = socket;
  }

  /**
   * Sends a ping when it is time. False: the peer counts as dead. Any byte is a sign of life, for the pong to a ping
   * comes late behind a large message; and a client that we do not read ourselves cannot give any. The first pings are
   * spread over the period, so that a thousand clients that came together are not pinged together ever after.
   */
  isAlive(nowMs: number, { pingPeriod, pongWait }: ModuleConfig): boolean {
    this.#lastPingMs ??= Math.trunc(nowMs - Math.random() * pingPeriod * 1_000);
    if (this.#bytesAtPing >= 0) {
      if (this.ws.isPaused || this.#bytesRead() > this.#bytesAtPing) this.excuse();
      else if (nowMs - this.#lastPingMs > pongWait * 1_000) return false;
    }
    if (this.#bytesAtPing < 0 && nowMs - this.#lastPingMs >= pingPeriod * 1_000) {
      this.#lastPingMs = Math.trunc(nowMs);
      this.#bytesAtPing = this.#bytesRead();
      this.ws.ping();
    }
    return true;
  }

  /** The answer to the last ping need not come. */
  excuse(): void {
    this.#bytesAtPing = -1;
  }

  #bytesRead(): number {
    return this.socket.bytesRead ?? 0;
  }
}

/** Looks at the time of the clock every now and then. Must not throw. */
type Watched = Pick<Connection, "checkTime">;

const finestMs = 20;
const coarsestMs = 1_000;

/**
 * One timer for all connections; 10,000 of them cost it one pass over a map, not 10,000 timers.
 *
 * Its time goes on by no more than the interval between two looks: when something blocks the event loop, or the machine
 * is busy, what the clients have sent or taken meanwhile has not been seen, and counts against none of them. For the same
 * reason it looks at the members only when the sockets have been read: timers run before what has arrived.
 */
export class LivenessClock {
  readonly #groups: ReadonlyMap<unknown, Watched>[] = [];
  readonly #intervalMs: number;
  #timer: NodeJS.Timeout | undefined;
  #tickedAtMs = 0;
  #nowMs = 0;

  /** `shortestMs` is the shortest of the durations that the members watch; each is kept to a quarter of it, or a second. */
  constructor(shortestMs: number) {
    this.#intervalMs = Math.min(coarsestMs, Math.max(finestMs, shortestMs / 4));
  }

  /** Watches whoever is in this map, from now on. Whoever changes it says so with `update`. */
  watch(members: ReadonlyMap<unknown, Watched>): void {
    this.#groups.push(members);
    this.update();
  }

  /** Members have come or gone: the timer runs while there are any. */
  update(): void {
    if (this.#groups.some(({ size }) => size > 0)) {
      this.#start();
    } else {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }

  #start(): void {
    if (this.#timer !== undefined) return;
    this.#tickedAtMs = performance.now();
    this.#timer = setInterval(this.#tick, this.#intervalMs).unref();
  }

  readonly #tick = (): void => {
    const readMs = performance.now();
    this.#nowMs += Math.min(readMs - this.#tickedAtMs, this.#intervalMs);
    this.#tickedAtMs = readMs;
    setImmediate(this.#look, this.#nowMs);
  };

  /** An immediate runs after the event loop has read every socket for which something had arrived. */
  readonly #look = (nowMs: number): void => {
    for (const members of this.#groups) {
      for (const member of members.values()) member.checkTime(nowMs);
    }
  };
}
