import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

/** What an HTTP server's sockets are doing, as far as Node does not say. */
export class HttpSockets {
  /** No request has come yet. Browsers open some in advance, and Node counts them as busy: a shutdown would wait for them. */
  readonly #unused = new Set<Duplex>();
  /** Requests that are not answered yet. */
  readonly #unanswered = new WeakMap<Duplex, Set<ServerResponse>>();

  constructor(server: Server, isSecure: boolean) {
    const unused = this.#unused;
    function forget(this: Duplex): void {
      unused.delete(this);
    }
    const markUsed = ({ socket }: IncomingMessage): void => {
      if (unused.delete(socket)) socket.off("close", forget);
    };
    server.on(isSecure ? "secureConnection" : "connection", (socket: Duplex) => {
      unused.add(socket);
      socket.on("close", forget);
    });
    server.on("request", markUsed).on("upgrade", markUsed);
    server.on("request", this.#keepUnanswered);
  }

  /**
   * Calls back once all requests that came before on this socket are answered, at once where there are none. False: it
   * has to wait, for a client has sent more before the answer came (HTTP pipelining, RFC 9112 §9.3.2).
   */
  whenAnswered(socket: Duplex, callback: () => void): boolean {
    const responses = this.#unanswered.get(socket);
    if (responses === undefined || responses.size === 0) {
      callback();
      return true;
    }
    for (const response of responses) {
      response.once("close", () => {
        if (responses.size === 0) callback();
      });
    }
    return false;
  }

  destroyUnused(): void {
    for (const socket of this.#unused) socket.destroy();
  }

  readonly #keepUnanswered = ({ socket }: IncomingMessage, response: ServerResponse): void => {
    const responses = this.#unanswered.get(socket) ?? new Set();
    this.#unanswered.set(socket, responses.add(response));
    response.once("close", () => responses.delete(response));
  };
}
