import { type IncomingMessage, type OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { HandshakeOutcome, Watches } from "../connection/observers.js";

/** The rest of a handshake that a route has accepted. One of the two functions is called, once. */
export interface Acceptance {
  /** Answers 101 and takes over the socket. `head` has the bytes that arrived after the request. */
  open(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Called if no 101 can be sent: the client has left, or a middleware failed or answered. */
  drop(): void;
}

/**
 * One opening handshake. A route accepts it. It is answered only after the middlewares around the route have returned, so
 * that the answer has the headers that they set, such as a session's cookie.
 */
export class HandshakeAttempt {
  readonly request: IncomingMessage;
  readonly socket: Socket;
  /** True if the log has a line about its refusal. */
  isLogged = false;
  /** Undefined without observers. */
  observed: ObservedHandshake | undefined;
  readonly #head: Buffer;
  #response: ServerResponse | undefined;
  #early: PreUpgradeBuffer | undefined;
  #onLeave: (() => void) | undefined;
  #onTimeout: (() => void) | undefined;
  #onFinish: (() => void) | undefined;
  #hasLeft = false;
  /** True if the client has left before its answer began. */
  #hasLeftUnanswered = false;
  #isFinished = false;
  #acceptance: Acceptance | undefined;

  constructor(request: IncomingMessage, socket: Socket, head: Buffer) {
    this.request = request;
    this.socket = socket;
    this.#head = head;
    socket.on("error", destroySocket);
  }

  /** The response for Koa or for a refusal, created on first use. */
  get response(): ServerResponse {
    this.#response ??= createResponse(this.request, this.socket);
    return this.#response;
  }

  /** Starts reading. Called one turn after the request, because nothing can arrive before. */
  watch(maxBytes: number): void {
    const onLeave = () => {
      this.leave();
      // The client has left during its answer.
      if (this.#response?.headersSent && !this.#response.writableEnded) this.socket.destroy();
    };
    this.#early = new PreUpgradeBuffer(this.socket, this.#head, { maxBytes, onLeave });
  }

  /** True if a route has accepted it, if it has a complete answer, or if the client has left. */
  get isDecided(): boolean {
    return this.#acceptance !== undefined || this.#hasLeft || this.#response?.writableEnded === true;
  }

  /** True if an HTTP answer has begun. */
  get isAnswered(): boolean {
    return this.#response?.headersSent === true;
  }

  /** True after `finish`. */
  get isFinished(): boolean {
    return this.#isFinished;
  }

  /** Calls back when the socket belongs to a WebSocket or is closed. */
  onceReleased(callback: () => void): void {
    if (this.socket.destroyed || (this.#isFinished && this.#acceptance !== undefined)) callback();
    else this.socket.once("close", callback);
  }

  /** The headers that middlewares have set for the answer, as lines. */
  get headerLines(): string[] {
    return Object.entries((this.#response?.getHeaders() ?? {}) as OutgoingHttpHeaders)
      .filter(([name]) => !ownHeaders.has(name) && !name.startsWith("sec-websocket-"))
      .flatMap(([name, value]) => [value ?? []].flat().map((item) => `${name}: ${item}`));
  }

  /** The status of its HTTP answer, if this is a refusal. */
  get refusedWith(): number | undefined {
    const { statusCode = 0, headersSent = false } = this.#response ?? {};
    return headersSent && statusCode >= 400 ? statusCode : undefined;
  }

  /** Calls back once when the client leaves before it is answered. */
  onceLeft(callback: () => void): void {
    if (this.#hasLeft) callback();
    else this.#onLeave = callback;
  }

  /** Calls back once when the handshake times out. */
  onceTimedOut(callback: () => void): void {
    this.#onTimeout = callback;
  }

  /** Calls back once in `finish`. */
  onceFinished(callback: () => void): void {
    this.#onFinish = callback;
  }

  /** Called when the handshake has timed out. The code that waits for the module's `connect` refuses the client. */
  timeOut(): void {
    this.#onTimeout?.();
    this.#onTimeout = undefined;
  }

  accept(acceptance: Acceptance): void {
    if (this.#isFinished) acceptance.drop();
    else this.#acceptance = acceptance;
  }

  /** Sends an HTTP answer instead of 101, unless one has begun. */
  answer(answer: JsonAnswer): void {
    if (!this.response.headersSent) answerJson(this.response, answer);
  }

  /** Called when Koa or the route has handled the request, or when the handshake has timed out. */
  finish(): void {
    const hasLeft = this.#hasLeftUnanswered;
    const status = this.#finish();
    this.observed?.end(hasLeft ? undefined : status);
  }

  /** @returns the status of the answer; undefined if the client has none */
  #finish(): number | undefined {
    const response = this.#response;
    const { isAnswered } = this;
    this.#isFinished = true;
    this.#onLeave = undefined;
    this.#onTimeout = undefined;
    this.#onFinish?.();
    this.#onFinish = undefined;
    if (this.#acceptance === undefined) {
      // After an answer, `endSocket` closes the socket.
      if (!isAnswered || (this.#hasLeft && !response?.writableEnded)) this.socket.destroy();
      else this.#early?.discard();
      return isAnswered ? response?.statusCode : undefined;
    }
    const head = this.#early?.release() ?? this.#head;
    if (this.#hasLeft || isAnswered || !this.socket.writable) {
      this.#acceptance.drop();
      // An incomplete answer is not continued.
      if (!response?.writableEnded) this.socket.destroy();
      return isAnswered ? response?.statusCode : undefined;
    }
    if (response !== undefined) releaseResponse(response, this.socket);
    // Nothing may be read before ws has added its listener.
    this.socket.pause();
    this.#acceptance.open(this.request, this.socket, head);
    this.socket.resume();
    // ws has its own listener now, also if it has refused the handshake.
    this.socket.off("error", destroySocket);
    return 101;
  }

  /** Ends it without an answer. */
  destroy(): void {
    this.leave();
    this.socket.destroy();
  }

  /** Called when the client has left, or was refused after a time-out. */
  leave(): void {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    this.#hasLeftUnanswered = !this.isAnswered;
    this.#onLeave?.();
  }
}

/** A handshake of a server with observers. */
export class ObservedHandshake {
  readonly #watches: Watches<HandshakeOutcome>;
  #facts: Omit<HandshakeOutcome, "status"> = {
    code: undefined,
    module: undefined,
    route: undefined,
    connection: undefined,
  };

  constructor(watches: Watches<HandshakeOutcome>) {
    this.#watches = watches;
  }

  note(facts: Partial<Omit<HandshakeOutcome, "status">>): void {
    this.#facts = { ...this.#facts, ...facts };
  }

  run<Result>(code: () => Result): Result {
    return this.#watches.run(code);
  }

  end(status: number | undefined): void {
    // Of a client that has left, no code of an answer counts.
    const code = status === undefined ? undefined : this.#facts.code;
    this.#watches.ended({ ...this.#facts, code, status });
  }
}

function destroySocket(this: Socket): void {
  this.destroy();
}

/** Headers that the handshake itself writes, or that have no meaning in an answer without a body. */
const ownHeaders = new Set(["connection", "upgrade", "content-length", "content-type", "transfer-encoding"]);

/**
 * Detaches the response, because ws writes the 101. Koa and request logs wait for the end of the response. They get its
 * events here, because otherwise their listeners would keep it in memory until the connection ends.
 */
function releaseResponse(response: ServerResponse, socket: Socket): void {
  response.statusCode = 101;
  response.detachSocket(socket);
  response.emit("finish");
  response.emit("close");
}

/** The handshakes in Koa, by their requests. A route finds out here whether a request is a handshake. */
export type HandshakeAttempts = WeakMap<IncomingMessage, HandshakeAttempt>;

/**
 * Reads a socket before its handshake is answered. It keeps early data for later, up to a limit. Above the limit, the
 * socket is not read. It also notices a client that leaves.
 */
export class PreUpgradeBuffer {
  readonly #socket: Duplex;
  readonly #chunks: Buffer[];
  readonly #maxBytes: number;
  readonly #onLeave: () => void;
  #bytes: number;
  #isKept = true;

  constructor(socket: Duplex, head: Buffer, options: { maxBytes: number; onLeave: () => void }) {
    this.#socket = socket;
    this.#chunks = [head];
    this.#bytes = head.length;
    this.#maxBytes = options.maxBytes;
    this.#onLeave = options.onLeave;
    socket.on("data", this.#onData).on("end", this.#onLeave).on("close", this.#onLeave);
  }

  /** Stops reading. @returns all received bytes, in order */
  release(): Buffer {
    this.#socket.off("data", this.#onData).off("end", this.#onLeave).off("close", this.#onLeave);
    return Buffer.concat(this.#chunks);
  }

  /** Drops the received data and all further data. Still notices that the client leaves. */
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

/** An HTTP response with a JSON body. */
export interface JsonAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Creates a response on the socket of an upgrade, which Node does not handle any more. */
function createResponse(request: IncomingMessage, socket: Socket): ServerResponse {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once("finish", () => {
    if (response.statusCode !== 101) endSocket(response, socket);
  });
  return response;
}

export function answerJson(response: ServerResponse, { status, body, headers = {} }: JsonAnswer): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    ...headers,
    "Content-Type": "application/json; charset=utf-8",
    "Content-Length": Buffer.byteLength(text),
  });
  response.end(text);
}

/** The time that a refused client has to read its response and close. */
const lingerMs = 2_000;

/** Waits until the client closes. Closing a socket with unread data would reset it, and the client would lose the answer. */
function endSocket(response: ServerResponse, socket: Socket): void {
  response.detachSocket(socket);
  socket.end();
  socket.on("end", () => socket.destroy());
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), lingerMs).unref();
  socket.once("close", () => clearTimeout(timer));
}

/** The part of Koa's context that a WebSocket route uses. A handshake without Koa has its own. */
export interface HandshakeContext {
  readonly req: IncomingMessage;
  readonly path: string;
  /** Without the question mark. */
  readonly querystring: string;
  readonly state: Record<string, unknown> | undefined;
  status: number;
  body: unknown;
  /** False if no HTTP answer is sent. */
  respond?: boolean | undefined;
}
