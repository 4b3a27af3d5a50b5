import type { WebSocket } from "ws";
import type { ModuleConfig } from "../config/module-types.js";

/** Pings one client and notices its silence. */
export class Liveness {
  readonly #ws: WebSocket;
  readonly #socket: { readonly bytesRead?: number };
  #lastPingMs = performance.now();
  /** Bytes that had come when the ping that awaits its answer was sent; -1: none awaits one. */
  #bytesAtPing = -1;

  constructor(ws: WebSocket, socket: { readonly bytesRead?: number }) {
    this.#ws = ws;
    this.#socket = socket;
  }

  /**
   * Sends a ping when it is time. False: the peer counts as dead. Any byte is a sign of life, for the pong to a ping
   * comes late behind a large message; and a client that we do not read ourselves cannot give any.
   */
  check(nowMs: number, { pingPeriod, pongWait }: ModuleConfig): boolean {
    if (this.#bytesAtPing >= 0) {
      if (this.#ws.isPaused || this.#bytesRead() > this.#bytesAtPing) this.#bytesAtPing = -1;
      else if (nowMs - this.#lastPingMs > pongWait * 1_000) return false;
    }
    if (this.#bytesAtPing < 0 && nowMs - this.#lastPingMs >= pingPeriod * 1_000) {
      this.#lastPingMs = nowMs;
      this.#bytesAtPing = this.#bytesRead();
      this.#ws.ping();
    }
    return true;
  }

  #bytesRead(): number {
    return this.#socket.bytesRead ?? 0;
  }
}
