import { type IncomingMessage, type Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
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
  /**
   * Those that are not a WebSocket's. Node counts as busy what has sent nothing yet (browsers open some in advance) or a
   * part of a request: a shutdown would wait for them.
   */
  readonly #open = new Set<Duplex>();
  /** Those in their TLS handshake, by their other end: behind it another object stands for the socket. */
  readonly #handshaking = new Map<string, Socket>();
  #isClosing = false;

  constructor(server: Server, isSecure: boolean) {
    const open = this.#open;
    function forget(this: Duplex): void {
      open.delete(this);
    }
    if (isSecure) server.on("connection", this.#watchHandshake);
    server.on(isSecure ? "secureConnection" : "connection", (socket: Socket) => {
      this.#handshaking.delete(otherEnd(socket));
      open.add(socket);
      socket.on("close", forget);
      if (this.#isClosing) socket.destroy();
    });
    server.on("upgrade", ({ socket }) => {
      if (open.delete(socket)) socket.off("close", forget);
    });
    server.on("request", ({ socket }) => {
      if (this.#isClosing) this.#endWhenAnswered(socket);
    });
  }

  /** Has a request that came before on this socket no answer yet (HTTP pipelining, RFC 9112 §9.3.2)? */
  isAnswering(socket: Duplex): boolean {
    return (unanswered.get(socket)?.size ?? 0) > 0;
  }

  /** Calls back once the requests that came before on this socket are answered; there has to be one. */
  whenAnswered(socket: Duplex, callback: () => void): void {
    const last = [...(unanswered.get(socket) ?? [])].at(-1);
    last?.once("close", () => {
      if (!this.isAnswering(socket)) callback();
    });
  }

  /** Ends each socket as soon as no request is being answered on it. */
  close(): void {
    this.#isClosing = true;
    for (const socket of this.#handshaking.values()) socket.destroy();
    for (const socket of this.#open) this.#endWhenAnswered(socket);
  }

  #endWhenAnswered(socket: Duplex): void {
    if (this.isAnswering(socket)) this.whenAnswered(socket, () => (socket as Socket).destroySoon());
    else socket.destroy();
  }

  readonly #watchHandshake = (socket: Socket): void => {
    const end = otherEnd(socket);
    this.#handshaking.set(end, socket);
    socket.once("close", () => {
      if (this.#handshaking.get(end) === socket) this.#handshaking.delete(end);
    });
  };
}

const otherEnd = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;
