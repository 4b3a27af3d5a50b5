import type { Duplex } from "node:stream";

/**
 * Reads a socket while the handshake is not answered yet: what the client sends too early is kept for later, up to a
 * limit past which the socket is not read, and a client that leaves is noticed.
 */
export class EarlyData {
  readonly #socket: Duplex;
  readonly #chunks: Buffer[];
  readonly #maxBytes: number;
  readonly #onGone: () => void;
  #bytes: number;
  #isKept = true;

  constructor(socket: Duplex, head: Buffer, options: { maxBytes: number; onGone: () => void }) {
    this.#socket = socket;
    this.#chunks = [head];
    this.#bytes = head.length;
    this.#maxBytes = options.maxBytes;
    this.#onGone = options.onGone;
    socket.on("data", this.#onData).on("end", this.#onGone).on("close", this.#onGone);
  }

  /** Stops listening. @returns everything that came, in order */
  release(): Buffer {
    this.#socket.off("data", this.#onData).off("end", this.#onGone).off("close", this.#onGone);
    return Buffer.concat(this.#chunks);
  }

  /** From now on nobody wants it; only whether the client leaves is of interest. */
  discard(): void {
    this.#isKept = false;
    this.#chunks.length = 0;
    this.#socket.resume();
  }

  readonly #onData = (chunk: Buffer): void => {
    if (!this.#isKept) return;
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes > this.#maxBytes) this.#socket.pause();
  };
}
