import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { contain } from "../boundary.js";
import type { ModuleRuntime } from "../connection/module-runtime.js";
import type { Logger } from "../contract.js";
import type { RefusalLog } from "../logging/refusal-log.js";
import { socketAddress } from "./client-address.js";
import { readCredentials, TlsCertificate } from "./tls-certificate.js";

/** A request with its body may take this many times as long as its head. */
const wholeRequestFactor = 6;

/**
 * Creates the HTTP or HTTPS server of one port, with a log line for each request that Node refuses. `timeoutMs` limits the
 * head of a request and a TLS handshake. The `certificate` is undefined without TLS.
 * @throws ConfigurationError `invalid_certificate`
 */
export function createHttpServer(
  { flag, config: { tls, maxHeaderSize }, log, refusals }: ModuleRuntime,
  timeoutMs: number,
  handle: RequestListener,
): { server: Server; sockets: HttpSockets; certificate?: TlsCertificate } {
  const options: ServerOptions<typeof IncomingMessage, typeof CountedResponse> = {
    ServerResponse: CountedResponse,
    headersTimeout: timeoutMs,
    requestTimeout: wholeRequestFactor * timeoutMs,
    // The interval in which Node checks these limits; its default is 30 s.
    connectionsCheckingInterval: Math.min(1_000, Math.max(20, timeoutMs / 4)),
    maxHeaderSize,
  };
  const watch = (server: Server) => {
    noteNodeAnswers(server, { refusals, log });
    return { server, sockets: new HttpSockets(server, tls !== undefined) };
  };
  if (tls === undefined) return watch(createServer(options, handle));
  const setting = { flag, tls, log };
  const credentials = readCredentials(setting);
  const { requestCert = false } = tls;
  const server = createTlsServer(
    { ...options, ...credentials, requestCert, handshakeTimeout: timeoutMs },
    handle,
  );
  return { ...watch(server), certificate: new TlsCertificate(server, credentials, setting) };
}

/** The responses that are not finished, by their sockets. */
const unanswered = new WeakMap<Duplex, Set<ServerResponse>>();

/** Counts the unfinished responses of each socket. Also counts the answers of Node itself, for which there is no event. */
class CountedResponse<Request extends IncomingMessage = IncomingMessage> extends ServerResponse<Request> {
  constructor(...[request, ...options]: ConstructorParameters<typeof ServerResponse<Request>>) {
    super(request, ...options);
    const { socket } = request;
    const responses = unanswered.get(socket) ?? new Set();
    unanswered.set(socket, responses.add(this));
    this.once("close", () => responses.delete(this));
  }
}

/** The sockets of an HTTP server, for a shutdown that does not wait for unused ones. */
export class HttpSockets {
  /**
   * The sockets without a WebSocket. In Node, a socket is busy also before its first request (browsers open some in
   * advance) and during an incomplete request, so `server.close()` alone would wait for these.
   */
  readonly #open = new Set<Duplex>();
  /** The sockets in their TLS handshake, by the client's address: after the handshake, the socket is another object. */
  readonly #handshaking = new Map<string, Socket>();
  #isClosing = false;

  constructor(server: Server, isSecure: boolean) {
    const open = this.#open;
    function forget(this: Duplex): void {
      open.delete(this);
    }
    if (isSecure) server.on("connection", this.#watchHandshake);
    server.on(isSecure ? "secureConnection" : "connection", (socket: Socket) => {
      this.#handshaking.delete(describeRemote(socket));
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

  /** True if an earlier request on this socket is not answered (HTTP pipelining, RFC 9112 §9.3.2). */
  isAnswering(socket: Duplex): boolean {
    return (unanswered.get(socket)?.size ?? 0) > 0;
  }

  /** Calls back once all earlier requests on this socket are answered. Call it only if `isAnswering` is true. */
  whenAnswered(socket: Duplex, callback: () => void): void {
    const last = [...(unanswered.get(socket) ?? [])].at(-1);
    last?.once("close", () => {
      if (!this.isAnswering(socket)) callback();
    });
  }

  /** Ends each socket as soon as its requests are answered. */
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
    const end = describeRemote(socket);
    this.#handshaking.set(end, socket);
    socket.once("close", () => {
      if (this.#handshaking.get(end) === socket) this.#handshaking.delete(end);
    });
  };
}

const describeRemote = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;

interface NodeAnswer {
  /** Undefined if Node closes the socket without an answer. */
  readonly status?: number;
  readonly reason: string;
  /** The option or the rule that decides it, for the log. */
  readonly decidedBy: string;
}

/** Node's own responses, by error code. */
const answers: ReadonlyMap<string, NodeAnswer> = new Map<string, NodeAnswer>([
  ["HPE_HEADER_OVERFLOW", { status: 431, reason: "head_too_large", decidedBy: "setMaxHeaderSize" }],
  [
    "HPE_CHUNK_EXTENSIONS_OVERFLOW",
    { status: 413, reason: "chunk_extensions_too_large", decidedBy: "a limit of Node, 16 KiB" },
  ],
  [
    "ERR_HTTP_REQUEST_TIMEOUT",
    {
      status: 408,
      reason: "request_too_slow",
      decidedBy: "setHandshakeTimeout; six times as long with a body",
    },
  ],
  ["ERR_TLS_HANDSHAKE_TIMEOUT", { reason: "tls_failed", decidedBy: "setHandshakeTimeout" }],
]);
const badRequest: NodeAnswer = { status: 400, reason: "bad_request", decidedBy: "RFC 9112" };
const badTls: NodeAnswer = { reason: "tls_failed", decidedBy: "setTls" };

/** Errors in the first line of a request. The log shows this line, but no other, because a header may be a secret. */
const inFirstLine = /^HPE_INVALID_(?:METHOD|URL|VERSION|CONSTANT)$/;

/** The codes of errors of the operating system. They mean that the client has left. */
const isFromSystem = /^E[A-Z]+$/;

interface NodeError extends NodeJS.ErrnoException {
  /** The packet in which the parser found the error, and the number of bytes before the error. */
  readonly rawPacket?: Buffer;
  readonly bytesParsed?: number;
}

/**
 * Logs each request that Node refuses by itself. Node answers only if `clientError` has no listener, so this wraps `emit`
 * instead of adding one.
 */
function noteNodeAnswers(server: Server, { refusals, log }: { refusals: RefusalLog; log: Logger }): void {
  const emit: (name: string, ...args: unknown[]) => boolean = server.emit.bind(server);
  server.emit = (name: string, ...args: unknown[]): boolean => {
    if (name === "clientError") {
      const [error, socket] = args as [NodeError, Socket];
      contain({ entry: "request", log }, () => note(error, socket));
    }
    return emit(name, ...args);
  };

  function note(error: NodeError, socket: Socket): void {
    const { code = "", message } = error;
    if (isFromSystem.test(code)) return;
    const { status, reason, decidedBy } =
      answers.get(code) ?? (code.startsWith("HPE_") ? badRequest : badTls);
    const line = inFirstLine.test(code) ? ` in ${firstLine(error)}` : "";
    const found = status === undefined ? code : `${status}: ${message}${line}`;
    // A closed socket has no address.
    const remoteAddress = socketAddress(socket) || undefined;
    refusals.note(reason, { decidedBy, remoteAddress, found });
  }
}

/** The line that contains the error. */
function firstLine({ rawPacket, bytesParsed = 0 }: NodeError): string {
  const text = rawPacket?.toString("latin1") ?? "";
  const start = text.lastIndexOf("\n", bytesParsed - 1) + 1;
  return text.slice(start).split(/[\r\n]/, 1)[0] ?? "";
}
