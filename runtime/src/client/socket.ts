import { ReplyError } from "../wire.js";
import { toClientError } from "./client-error.js";
import type { Clock } from "./client-options.js";
import type { ConnectionEnd } from "./client-state.js";
import { startTimer } from "./limited-wait.js";

/** The events of a socket. */
interface SocketListener {
  onOpen(): void;
  onFrame(frame: string | ArrayBuffer): void;
  /** The handshake got a status other than 101, if the platform shows it. The error follows. */
  onRefusal(refusal: Pick<ConnectionEnd, "status" | "retryAfterMs">): void;
  onError(error: unknown): void;
  onEnd(code: number, reason: string): void;
}

/** The used members of the response to a refused handshake, in `ws` Node's `IncomingMessage`. */
interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: { readonly "retry-after"?: string };
  setEncoding(encoding: "utf8"): AsyncIterable<string>;
}

/** The most characters that are read of such a response. */
const maxAnswerLength = 65_536;

/** Listens to a socket while it is the current one. */
export function listenTo(
  socket: WebSocketLike,
  isCurrent: () => boolean,
  { onOpen, onFrame, onRefusal, onError, onEnd }: SocketListener,
): void {
  socket.binaryType = "arraybuffer";
  socket.onopen = () => {
    if (isCurrent()) onOpen();
  };
  socket.onmessage = ({ data }: { data: string | ArrayBuffer }) => {
    if (isCurrent()) onFrame(data);
  };
  // Never removed: without a listener, `ws` throws the error.
  socket.onerror = ({ error }: { error?: unknown }) => {
    if (isCurrent()) onError(error);
  };
  socket.onclose = ({ code, reason }: { code: number; reason: string }) => {
    if (isCurrent()) onEnd(code, reason);
  };
  const onAnswer = async (_request: unknown, answer: HttpAnswer): Promise<void> => {
    const { statusCode: status, headers } = answer;
    onRefusal({ status, retryAfterMs: readRetryAfter(headers["retry-after"]) });
    const error =
      (await readError(answer)) ?? new Error(`The server answered with the HTTP status ${status}.`);
    if (isCurrent()) onError(error);
    dropSocket(socket);
  };
  socket.on?.("unexpected-response" as never, onAnswer as never);
}

/** Seconds, or a date. */
const readRetryAfter = (value = ""): number =>
  Math.max(0, +value * 1_000 || Date.parse(value) - Date.now() || 0);

/** The server's error in the body of the response, if any. */
async function readError(answer: HttpAnswer): Promise<ReplyError | undefined> {
  try {
    let text = "";
    for await (const part of answer.setEncoding("utf8")) {
      text += part;
      if (text.length > maxAnswerLength) break;
    }
    const error = toClientError(JSON.parse(text));
    return error instanceof ReplyError ? error : undefined;
  } catch {
    return undefined;
  }
}

/** Timeout of the peer's close frame. */
const closeTimeoutMs = 2_000;

/** Ends a socket without waiting for its peer. */
export const dropSocket = (socket: WebSocketLike): void =>
  socket.terminate ? socket.terminate() : socket.close();

/** Closes a socket with 1000. Resolves when the peer has answered, or after the timeout. */
export const closeSocket = (socket: WebSocketLike, clock: Clock): Promise<void> =>
  new Promise((resolve) => {
    const stopTimer = startTimer(clock, closeTimeoutMs, () => {
      dropSocket(socket);
      resolve();
    });
    socket.onclose = () => {
      stopTimer();
      resolve();
    };
    socket.close(1000);
  });

/**
 * The used members of a WebSocket. Browsers, Deno, Bun, Node 22 and the package `ws` have them. Parameters are `never`, so
 * that every platform's types fit. Data is text or bytes.
 */
export interface WebSocketLike {
  binaryType: string;
  readonly readyState: number;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  send(data: never): void;
  close(code?: number, reason?: string): void;
  /** Only in `ws`: ends a connection at once. */
  terminate?(): void;
  /** Only in `ws`: receives the HTTP response to a refused handshake. */
  on?(event: never, listener: never): unknown;
}

export type WebSocketConstructor = new (url: string | URL, protocols?: string | string[]) => WebSocketLike;
