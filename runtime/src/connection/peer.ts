import type { Duplex } from "node:stream";
import type { ModuleConfig } from "../config/module-types.js";
import type { ModuleSocket } from "./module-socket.js";

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
