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
import type { ModuleConfig } from "../config/module-types.js";
import type { Logger } from "../contract.js";
import type { RefusalLog } from "../logging/refusal-log.js";
import { socketAddress } from "./client-address.js";
import { readCredentials, TlsCertificate } from "./tls-certificate.js";

export interface HttpServerOptions {
  /** The flag of the module whose options these are. */
  readonly flag: string;
  readonly config: Pick<ModuleConfig, "tls" | "maxHeaderSize">;
  /** For the head of a request, and for a TLS handshake. */
  readonly timeoutMs: number;
  readonly log: Logger;
  readonly refusals: RefusalLog;
}

/** The options of one port's HTTP or HTTPS server. */
export interface HttpServer {
  readonly server: Server;
  readonly sockets: HttpSockets;
  /** Undefined: it serves without TLS. */
  readonly certificate?: TlsCertificate;
}

/** A request with its body may take so many times as long as its head. */
const wholeRequestFactor = 6;

/**
 * Creates the server of one port, with a log line for each request that Node refuses.
 * @throws ConfigurationError for a certificate that cannot be read or used
 */
export function createHttpServer(
  { flag, config, timeoutMs, log, refusals }: HttpServerOptions,
  handle: RequestListener,
): HttpServer {
  const options: ServerOptions<typeof IncomingMessage, typeof CountedResponse> = {
    ServerResponse: CountedResponse,
    headersTimeout: timeoutMs,
    requestTimeout: wholeRequestFactor * timeoutMs,
    // Node looks for late requests in an interval of its own, by default every 30 s.
    connectionsCheckingInterval: Math.min(1_000, Math.max(20, timeoutMs / 4)),
    maxHeaderSize: config.maxHeaderSize,
  };
  const { tls } = config;
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

/** Pending requests by their sockets. */
const unanswered = new WeakMap<Duplex, Set<ServerResponse>>();

/** The response of a server's requests: also of those that Node answers by itself, without an event. */
class CountedResponse<Request extends IncomingMessage = IncomingMessage> extends ServerResponse<Request> {
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

interface NodeAnswer {
  /** Undefined: there is no answer but the end. */
  readonly status?: number;
  readonly reason: string;
  /** For the log. */
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

/** Errors in the first line of a request, which the log shows; what comes behind it may be a secret. */
const inFirstLine = /^HPE_INVALID_(?:METHOD|URL|VERSION|CONSTANT)$/;

/** The member `code` of what comes from the operating system: the client has left, and is not refused. */
const isFromSystem = /^E[A-Z]+$/;

interface NodeError extends NodeJS.ErrnoException {
  /** Of the parser: the bytes in which it found the error, and how many of them it took. */
  readonly rawPacket?: Buffer;
  readonly bytesParsed?: number;
}

/**
 * Writes a log line for each request that Node refuses by itself. Node does so only without a listener for
 * `clientError`, so the event is seen on its way and what Node answers stays as it is.
 */
function noteNodeAnswers(server: Server, { refusals, log }: { refusals: RefusalLog; log: Logger }): void {
  const emit: (name: string, ...args: unknown[]) => boolean = server.emit.bind(server);
  server.emit = (name: string, ...args: unknown[]): boolean => {
    if (name === "clientError") {
      const [error, socket] = args as [NodeError, Socket];
      contain(
        { entry: "request", log },
        () => note(error, socket),
        () => undefined,
      );
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

/** The line in which the parser stopped. */
function firstLine({ rawPacket, bytesParsed = 0 }: NodeError): string {
  const text = rawPacket?.toString("latin1") ?? "";
  const start = text.lastIndexOf("\n", bytesParsed - 1) + 1;
  return text.slice(start).split(/[\r\n]/, 1)[0] ?? "";
}
