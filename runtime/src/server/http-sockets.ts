import { type IncomingMessage, type Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

/** Requests that are not answered yet, by their sockets. */
const unanswered = new WeakMap<Duplex, Set<ServerResponse>>();

/** The response of a server's requests: also of those that Node answers by itself, without an event. */
export class CountedResponse<
  Request extends IncomingMessage = IncomingMessage,
> extends ServerResponse<Request> {
  constructor(...[request, ...options]: ConstructorParameters<typeof ServerResponse<Request>>) {
    super(request, ...options);
    const { socket } = request;
    const responses = unanswered.get(socket) ?? new Set();
    unanswered.set(socket, responses.add(this));
    this.once("close", () => responses.delete(this));
  }
}

/** What an HTTP server's sockets are doing, as far as Node does not say. */
export class HttpSockets {
  /** No request has come yet. Browsers open some in advance, and Node counts them as busy: a shutdown would wait for them. */
  readonly #unused = new Set<Duplex>();

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
  }

  /** Has a request that came before on this socket no answer yet (HTTP pipelining, RFC 9112 §9.3.2)? */
  isAnswering(socket: Duplex): boolean {
    return (unanswered.get(socket)?.size ?? 0) > 0;
  }

  /** Calls back once the requests that came before on this socket are answered; there has to be one. */
  whenAnswered(socket: Duplex, callback: () => void): void {
    const responses = unanswered.get(socket) ?? new Set();
    for (const response of responses) {
      response.once("close", () => {
        if (responses.size === 0) callback();
      });
    }
  }

  destroyUnused(): void {
    for (const socket of this.#unused) socket.destroy();
  }
}
