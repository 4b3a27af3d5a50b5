import type { Duplex } from "node:stream";
import type { ModuleConfig } from "../config/module-types.js";
import type { Connection } from "./connection.js";
import type { ModuleSocket } from "./ws-internals/module-socket.js";

type CountingSocket = Duplex & { readonly bytesRead?: number; readonly bytesWritten?: number };

/** Pings the client of an open connection and detects its silence. */
export class Heartbeat {
  readonly ws: ModuleSocket;
  readonly socket: CountingSocket;
  /** Whole milliseconds: V8 allocates memory for a fraction. Undefined: no clock tick yet. */
  #lastPingMs: number | undefined;
  /** Bytes received before the unanswered ping was sent; -1: no ping is unanswered. */
  #bytesAtPing = -1;

  constructor(ws: ModuleSocket, socket: CountingSocket) {
    this.ws = ws;
    this.socket = socket;
  }

  /**
   * Sends a ping when it is due. @returns false if the client counts as dead
   * Any received byte is a sign of life, because a pong may be queued behind a large message. A client whose socket is
   * not read at the moment is not checked. The first pings are spread over the period, so that a thousand clients that
   * connected together are not always pinged together.
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

  /** The bytes of the socket since it was opened. */
  get socketBytes(): { readonly in: number; readonly out: number } {
    return { in: this.#bytesRead(), out: this.socket.bytesWritten ?? 0 };
  }

  #bytesRead(): number {
    return this.socket.bytesRead ?? 0;
  }
}

/** Checks its timeouts at each clock tick. Must not throw. */
type Watched = Pick<Connection, "checkTime">;

const finestMs = 20;
const coarsestMs = 1_000;

/**
 * One timer for all connections: 10,000 connections cost one pass over a map, not 10,000 timers.
 *
 * The clock's time advances by at most one interval per tick. When something blocks the event loop, or the machine is
 * busy, the data that clients have sent or accepted meanwhile has not been seen. This delay must not count against any
 * client. For the same reason, the clock checks its members only after the sockets have been read: Node runs timers
 * before it reads sockets.
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

  /** Called after each change of the members. The timer runs while there are any. */
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
    setImmediate(this.#checkAll, this.#nowMs);
  };

  /** Runs in an immediate, which comes after the event loop has read every socket with data. */
  readonly #checkAll = (nowMs: number): void => {
    for (const members of this.#groups) {
      for (const member of members.values()) member.checkTime(nowMs);
    }
  };
}
