import { type IncomingMessage, type OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";

/** Handles a socket whose handshake a route has accepted. */
export interface Acceptance {
  /** Answers 101 and takes the socket over. `head` came after the request. */
  open(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Called if it cannot be answered: the client has left, or a failure happened after the route. */
  lost(): void;
}

/**
 * One opening handshake on its way through Koa. The route accepts it; it is answered when the middlewares around the
 * route have run to their end, so that the headers which they set (a session's cookie) stand in the answer.
 */
export class HandshakeAttempt {
  readonly request: IncomingMessage;
  readonly socket: Socket;
  /** True if its refusal is logged. */
  isNoted = false;
  readonly #head: Buffer;
  #response: ServerResponse | undefined;
  #early: PreUpgradeBuffer | undefined;
  #onGone: (() => void) | undefined;
  #onLate: (() => void) | undefined;
  #onOver: (() => void) | undefined;
  #isGone = false;
  #isOver = false;
  #acceptance: Acceptance | undefined;

  constructor(request: IncomingMessage, socket: Socket, head: Buffer) {
    this.request = request;
    this.socket = socket;
    this.#head = head;
    socket.on("error", destroySocket);
  }

  /** The response of Koa or of a refusal; made on first use. */
  get response(): ServerResponse {
    this.#response ??= createResponse(this.request, this.socket);
    return this.#response;
  }

  /** Starts reading. Called one turn later: nothing can arrive during the turn that brought the request. */
  watch(maxBytes: number): void {
    const onGone = () => {
      this.giveUp();
      // The answer is sent piece by piece, and the client has left.
      if (this.#response?.headersSent && !this.#response.writableEnded) this.socket.destroy();
    };
    this.#early = new PreUpgradeBuffer(this.socket, this.#head, { maxBytes, onGone });
  }

  /** Has a route accepted it, has it an answer, or has the client left? */
  get isDecided(): boolean {
    return this.#acceptance !== undefined || this.#isGone || this.#response?.writableEnded === true;
  }

  /** Has an HTTP answer at least begun? */
  get isAnswered(): boolean {
    return this.#response?.headersSent === true;
  }

  /** It is over: no answer counts any more. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Calls back when the socket belongs to a WebSocket or is closed. */
  whenReleased(callback: () => void): void {
    if (this.socket.destroyed || (this.#isOver && this.#acceptance !== undefined)) callback();
    else this.socket.once("close", callback);
  }

  /** Headers that middlewares have set for the answer, as lines. */
  get headerLines(): string[] {
    return Object.entries((this.#response?.getHeaders() ?? {}) as OutgoingHttpHeaders)
      .filter(([name]) => !ownHeaders.has(name) && !name.startsWith("sec-websocket-"))
      .flatMap(([name, value]) => [value ?? []].flat().map((item) => `${name}: ${item}`));
  }

  /** The status of the HTTP answer that it got, or gets, in place of a 101; undefined: none. */
  get refusedWith(): number | undefined {
    const { statusCode = 0, headersSent = false } = this.#response ?? {};
    return headersSent && statusCode >= 400 ? statusCode : undefined;
  }

  /** Calls back once when the client leaves before it is answered. */
  whenGone(callback: () => void): void {
    if (this.#isGone) callback();
    else this.#onGone = callback;
  }

  /** Calls back once when the handshake times out. */
  whenLate(callback: () => void): void {
    this.#onLate = callback;
  }

  /** Calls back once when it is over, for any reason. */
  whenOver(callback: () => void): void {
    this.#onOver = callback;
  }

  /** Its time is up: the code that waits for the module's `connect` refuses it. */
  expire(): void {
    this.#onLate?.();
    this.#onLate = undefined;
  }

  accept(acceptance: Acceptance): void {
    if (this.#isOver) acceptance.lost();
    else this.#acceptance = acceptance;
  }

  /** Answers with an HTTP answer in place of the 101, unless there has been one. */
  answer(answer: JsonAnswer): void {
    if (!this.response.headersSent) answerJson(this.response, answer);
  }

  /** Koa, or the direct way past it, is done with the request, or its time is up. */
  finish(): void {
    const response = this.#response;
    const { isAnswered } = this;
    this.#isOver = true;
    this.#onGone = undefined;
    this.#onLate = undefined;
    this.#onOver?.();
    this.#onOver = undefined;
    if (this.#acceptance === undefined) {
      // A socket with an answer closes by itself (`endSocket`).
      if (!isAnswered || (this.#isGone && !response?.writableEnded)) this.socket.destroy();
      else this.#early?.discard();
      return;
    }
    const head = this.#early?.release() ?? this.#head;
    if (this.#isGone || isAnswered || !this.socket.writable) {
      this.#acceptance.lost();
      // An answer that has only begun is not continued.
      if (!response?.writableEnded) this.socket.destroy();
      return;
    }
    if (response !== undefined) releaseResponse(response, this.socket);
    // Paused: nothing may be read before there is a listener.
    this.socket.pause();
    this.#acceptance.open(this.request, this.socket, head);
    this.socket.resume();
    // ws has a listener of its own there, whether it has taken the socket or refused it.
    this.socket.off("error", destroySocket);
  }

  /** Ends it without an answer. */
  cut(): void {
    this.giveUp();
    this.socket.destroy();
  }

  /** The client has left, or was refused because its time is up. */
  giveUp(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#onGone?.();
  }
}

function destroySocket(this: Socket): void {
  this.destroy();
}

/** Written by the handshake itself, or without meaning in an answer that has no body. */
const ownHeaders = new Set(["connection", "upgrade", "content-length", "content-type", "transfer-encoding"]);

/**
 * Lets go of the response, which is not used for the answer. Code that waits for its end (Koa, a request log) gets
 * its events; otherwise these listeners would keep it in memory as long as the connection lives.
 */
function releaseResponse(response: ServerResponse, socket: Socket): void {
  response.statusCode = 101;
  response.detachSocket(socket);
  response.emit("finish");
  response.emit("close");
}

/** The handshakes on their way through Koa, by their request: so that a route knows a handshake from a plain request. */
export type HandshakeAttempts = WeakMap<IncomingMessage, HandshakeAttempt>;

/**
 * Reads a socket while the handshake is not answered yet: what the client sends too early is kept for later, up to a
 * limit past which the socket is not read, and a client that leaves is noticed.
 */
export class PreUpgradeBuffer {
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

  /** From now on the data is not needed; only the client's leaving matters. */
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

/** Creates an HTTP response with a JSON body. */
export interface JsonAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A response on the socket of an upgrade, which Node no longer looks after. */
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

/** Timeout for a refused client to read its response and close. */
const lingerMs = 2_000;

/** Closes once the client has: a socket closed with unread data on it is reset, and the answer with it. */
function endSocket(response: ServerResponse, socket: Socket): void {
  response.detachSocket(socket);
  socket.end();
  socket.on("end", () => socket.destroy());
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), lingerMs).unref();
  socket.once("close", () => clearTimeout(timer));
}

/** What a WebSocket route asks of Koa's context; a handshake that does not need Koa has one of its own. */
export interface HandshakeContext {
  readonly req: IncomingMessage;
  readonly path: string;
  /** Without the question mark. */
  readonly querystring: string;
  readonly state: Record<string, unknown> | undefined;
  status: number;
  body: unknown;
  /** False: the answer is not an HTTP answer. */
  respond?: boolean | undefined;
}
