import type { Duplex } from "node:stream";
import type { ModuleConfig } from "../config/module-types.js";
import type { ModuleSocket } from "./module-socket.js";

/** The other side of an open connection: pings it and notices its silence. */
export class Peer {
  readonly ws: ModuleSocket;
  readonly socket: Duplex & { readonly bytesRead?: number };
  /** Whole milliseconds, for a fraction takes memory of its own. */
  #lastPingMs = Math.trunc(performance.now());
  /** Bytes that had come when the ping that awaits its answer was sent; -1: none awaits one. */
  #bytesAtPing = -1;

  constructor(ws: ModuleSocket, socket: Peer["socket"]) {
    this.ws = ws;
    this.socket = socket;
  }

  /**
   * Sends a ping when it is time. False: the peer counts as dead. Any byte is a sign of life, for the pong to a ping
   * comes late behind a large message; and a client that we do not read ourselves cannot give any.
   */
  isAlive(nowMs: number, { pingPeriod, pongWait }: ModuleConfig): boolean {
    if (this.#bytesAtPing >= 0) {
      if (this.ws.isPaused || this.#bytesRead() > this.#bytesAtPing) this.#bytesAtPing = -1;
      else if (nowMs - this.#lastPingMs > pongWait * 1_000) return false;
    }
    if (this.#bytesAtPing < 0 && nowMs - this.#lastPingMs >= pingPeriod * 1_000) {
      this.#lastPingMs = Math.trunc(nowMs);
      this.#bytesAtPing = this.#bytesRead();
      this.ws.ping();
    }
    return true;
  }

  #bytesRead(): number {
    return this.socket.bytesRead ?? 0;
  }
}
