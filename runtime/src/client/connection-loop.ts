import { ClientError } from "./client-error.js";
import type { Settings, UrlSource } from "./client-options.js";
import type { ClientState, ConnectionEnd, StateChange } from "./client-state.js";
import { startTimer } from "./limited-wait.js";
import { createRetries } from "./retries.js";
import {
  closeSocket,
  dropSocket,
  listenTo,
  type WebSocketConstructor,
  type WebSocketLike,
} from "./socket.js";

/** The events of the connection. */
interface LoopListener {
  /** @returns the error of the frame, if it belongs to no request */
  onFrame(frame: string | ArrayBuffer): unknown;
  /** An open connection has ended, and the loop reconnects. The change of state follows. */
  onCut(closeCode: number): void;
  onChange(change: StateChange): void;
}

const openReadyState = 1;

/**
 * The connection of a client, with reconnects until it is closed. One closure, because its functions share the state of the
 * current attempt.
 * @throws TypeError `no_websocket`
 */
export function startConnectionLoop(url: UrlSource, settings: Settings, listener: LoopListener) {
  const { clock, connectTimeoutMs, idleTimeoutMs, protocols } = settings;
  const { WebSocket = (globalThis as { WebSocket?: WebSocketConstructor }).WebSocket } = settings;
  if (!WebSocket) {
    const error = new TypeError("The platform has no WebSocket. Pass one, such as that of the package ws.");
    throw Object.assign(error, { code: "no_websocket" });
  }
  const retries = createRetries(settings);
  let state: ClientState = "connecting";
  let socket: WebSocketLike | undefined;
  let gone: Promise<void> | undefined;
  // Counts attempts and ends, so that results of earlier attempts are ignored.
  let turn = 0;
  // The reason if the connection ends now: an error of the socket, or an error of the server that belongs to no request.
  let lastError: unknown;
  let refusal: Partial<ConnectionEnd> | undefined;
  let received = 0;
  let isProbing = false;
  // One timer for all states, because they exclude each other: an attempt, silence, a delay.
  let stopTimer = (): void => {};

  const restartTimer = (delayMs: number | undefined, run: () => void): void => {
    stopTimer();
    stopTimer = startTimer(clock, delayMs, run);
  };
  const giveUpAfter = (limitMs: number | undefined): void =>
    restartTimer(limitMs, () => giveUp(new ClientError("timed_out", `No answer for ${limitMs} ms.`)));
  const enter = (change: StateChange): void => {
    state = change.state;
    listener.onChange(change);
  };

  const connect = async (): Promise<void> => {
    turn += 1;
    const own = turn;
    lastError = refusal = undefined;
    giveUpAfter(connectTimeoutMs);
    enter({ state: "connecting", attempt: retries.count });
    try {
      const sources = await Promise.all([callOrTake(url), callOrTake(protocols)]);
      if (own === turn) listen(new WebSocket(...sources));
    } catch (error) {
      if (own === turn) giveUp(error);
    }
  };

  const listen = (opened: WebSocketLike): void => {
    const own = turn;
    socket = opened;
    listenTo(opened, () => own === turn, {
      onOpen() {
        retries.opened();
        isProbing = false;
        giveUpAfter(idleTimeoutMs);
        enter({ state: "open" });
      },
      onFrame(frame) {
        received += 1;
        isProbing = false;
        giveUpAfter(idleTimeoutMs);
        lastError = listener.onFrame(frame);
      },
      onRefusal(answer) {
        refusal = answer;
      },
      onError(error) {
        lastError = error;
        // Some platforms send no close event after a failed handshake.
        if (state !== "open") end(1006, "");
      },
      onEnd: end,
    });
  };

  const giveUp = (error: unknown): void => {
    lastError = error;
    if (socket) dropSocket(socket);
    end(1006, "");
  };
  const end = (code: number, reason: string): void => {
    const wasOpen = state === "open";
    const ended = { code, reason, ...refusal, wasOpen, error: lastError };
    leave();
    const next = retries.next(ended);
    if (next instanceof ClientError) {
      enter({ state: "closed", error: next, end: ended });
    } else {
      if (wasOpen) listener.onCut(code);
      restartTimer(next, connect);
      enter({ state: "waiting", attempt: retries.count, delayMs: next, end: ended });
    }
  };
  const leave = (): void => {
    turn += 1;
    socket = undefined;
    stopTimer();
  };

  /** @returns false if there is no open connection */
  const send = (frame: string | Uint8Array): boolean => {
    if (state !== "open" || socket?.readyState !== openReadyState) return false;
    socket.send(frame as never);
    return true;
  };

  connect();
  return {
    get state() {
      return state;
    },
    /** The number of received frames on all connections. */
    get received() {
      return received;
    },
    send,
    /** Sends a probe, and drops the connection if no frame arrives within `connectTimeoutMs`. */
    probe(frame: string | Uint8Array) {
      // One window for all requests that time out in it.
      if (isProbing || !send(frame)) return;
      isProbing = true;
      if (connectTimeoutMs < (idleTimeoutMs ?? Number.POSITIVE_INFINITY)) giveUpAfter(connectTimeoutMs);
    },
    /** Makes the next attempt now. */
    retryNow() {
      if (state === "waiting") connect();
    },
    /** Ends it permanently. Resolves when the socket has closed. */
    async close() {
      if (state !== "closed") {
        gone = socket && closeSocket(socket, clock);
        leave();
        enter({ state: "closed", error: new ClientError("closed", "The client was closed.") });
      }
      await gone;
    },
  };
}

/** Async, so that an exception becomes a rejection. */
const callOrTake = async <T>(source: T | (() => T | Promise<T>)): Promise<T> =>
  typeof source === "function" ? (source as () => T | Promise<T>)() : source;
