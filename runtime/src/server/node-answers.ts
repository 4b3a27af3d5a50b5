import type { Server } from "node:http";
import type { Socket } from "node:net";
import { contain } from "../boundary.js";
import type { Logger } from "../contract.js";
import type { RefusalLog } from "../logging/refusal-log.js";
import { socketAddress } from "./client-address.js";

interface NodeAnswer {
  /** Undefined: there is no answer but the end. */
  readonly status?: number;
  readonly reason: string;
  /** For the log. */
  readonly decidedBy: string;
}

/** What Node answers by itself, by the codes of its errors. */
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
 * Writes a log line for each request that Node refuses by itself. Node does so only where nobody listens for
 * `clientError`, so the event is seen on its way and what Node answers stays as it is.
 */
export function noteNodeAnswers(
  server: Server,
  { refusals, log }: { refusals: RefusalLog; log: Logger },
): void {
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
    // Of a socket that is closed there is none.
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
