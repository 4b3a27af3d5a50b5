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

  /** Has a request that came before on this socket no answer yet (HTTP pipelining, RFC 9112 §9.3.2)? */
  isAnswering(socket: Duplex): boolean {
    return (this.#unanswered.get(socket)?.size ?? 0) > 0;
  }

  /** Calls back once the requests that came before on this socket are answered; there has to be one. */
  whenAnswered(socket: Duplex, callback: () => void): void {
    const responses = this.#unanswered.get(socket) ?? new Set();
    for (const response of responses) {
      response.once("close", () => {
        if (responses.size === 0) callback();
      });
    }
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
