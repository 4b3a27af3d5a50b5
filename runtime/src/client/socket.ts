import { ReplyError } from "../wire.js";
import { errorOf } from "./client-error.js";
import type { Clock } from "./client-options.js";
import type { ConnectionEnd } from "./client-state.js";
import { startTimer } from "./limited-wait.js";

/** What a socket reports. */
interface SocketListener {
  onOpen(): void;
  onFrame(frame: string | ArrayBuffer): void;
  /** The handshake was answered with anything but 101, where that can be seen; the error follows. */
  onRefusal(refusal: Pick<ConnectionEnd, "status" | "retryAfterMs">): void;
  onError(error: unknown): void;
  onEnd(code: number, reason: string): void;
}

/** What `ws` has of the answer to a refused handshake: Node's `IncomingMessage`. */
interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: { readonly "retry-after"?: string };
  setEncoding(encoding: "utf8"): AsyncIterable<string>;
}

/** Characters of such an answer that are read. */
const maxAnswerLength = 65_536;

/** Listens to a socket for as long as it is the current one. */
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
  // It is never taken off: `ws` throws an error that nobody listens to.
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

/** The error in the body of the answer, if there is one of the server's. */
async function readError(answer: HttpAnswer): Promise<ReplyError | undefined> {
  try {
    let text = "";
    for await (const part of answer.setEncoding("utf8")) {
      text += part;
      if (text.length > maxAnswerLength) break;
    }
    const error = errorOf(JSON.parse(text));
    return error instanceof ReplyError ? error : undefined;
  } catch {
    return undefined;
  }
}

/** How long the peer has for its half of the closing handshake. */
const closeTimeoutMs = 2_000;

/** Ends a socket without waiting for its peer, which may be gone. */
export const dropSocket = (socket: WebSocketLike): void =>
  socket.terminate ? socket.terminate() : socket.close();

/** Closes a socket with 1000. Resolves when the peer has answered, or its time is up. */
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
 * What the client needs of a WebSocket: those of browsers, Deno, Bun and Node 22, and of the package `ws`, have it.
 * Parameters are `never`, so that every platform's types fit; data is text or bytes.
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
  /** `ws` has it; ends a connection whose peer does not answer, at once. */
  terminate?(): void;
  /** `ws` has it; it gets the HTTP answer to a refused handshake. */
  on?(event: never, listener: never): unknown;
}

export type WebSocketConstructor = new (url: string | URL, protocols?: string | string[]) => WebSocketLike;
