import type { Duplex } from "node:stream";
import type { ModuleConfig } from "../config/module-types.js";
import type { Connection } from "./connection.js";
import type { ModuleSocket } from "./ws-internals/module-socket.js";

type CountingSocket = Duplex & { readonly bytesRead?: number };

/** Pings the client of an open connection and detects its silence. */
export class Heartbeat {
  readonly ws: ModuleSocket;
  readonly socket: CountingSocket;
  /** Whole milliseconds, for a fraction takes memory of its own. Undefined: the clock has not looked yet. */
  #lastPingMs: number | undefined;
  /** Bytes that had come when the ping that awaits its answer was sent; -1: none awaits one. */
  #bytesAtPing = -1;

  constructor(ws: ModuleSocket, socket: CountingSocket) {
    this.ws = ws;
    this.socket = socket;
  }

  /**
   * Sends a ping when it is time. False: the client counts as dead. Any byte received is a sign of life, since a pong may
   * be queued behind a large message. A client that we do not read at the moment is not judged. The first pings are spread
   * over the period, so that a thousand clients that came together are not always pinged together.
   */
  check(nowMs: number, { pingPeriod, pongWait }: ModuleConfig): boolean {
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

  /** Ignores a missing answer to the last ping. */
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

  /** Ticks every `shortestMs / 4`, at most every second: a timeout fires at most one tick late. */
  constructor(shortestMs: number) {
    this.#intervalMs = Math.min(coarsestMs, Math.max(finestMs, shortestMs / 4));
  }

  /** Watches the members of this map from now on. Call `update` after each change of it. */
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
