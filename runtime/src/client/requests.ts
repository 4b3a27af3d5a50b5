import type { RequestOptions } from "./client.js";
import { ClientError, toClientError } from "./client-error.js";
import type { Settings } from "./client-options.js";
import type { InboundMessage } from "./envelope.js";
import type { Wait } from "./limited-wait.js";

interface PendingRequest {
  readonly frame: string | Uint8Array;
  readonly isIdempotent: boolean | undefined;
  /** True if it was sent on the current connection. */
  isInFlight: boolean;
  /** The number of received frames when it was sent. */
  received: number;
  /** True if it was ever sent, so that the server may have executed it. */
  wasSent: boolean;
  resolve(data: unknown): void;
  reject(error: Error): void;
}

/** The dependencies of the requests. */
interface RequestConnection {
  readonly wait: Wait;
  /** False if there is no open connection. */
  send(frame: string | Uint8Array): boolean;
  /** The number of received frames. */
  received(): number;
  /** Called if no frame arrived since a request that timed out was sent. Ends the connection unless one arrives soon. */
  probe(frame: string | Uint8Array): void;
}

/** Close codes that refuse a message. The server would refuse it again. */
const messageFaults: readonly number[] = [1002, 1003, 1007, 1009];

/** The pending requests, in the order of the calls. */
export function createRequests(
  { envelope, trace, timeoutMs, maxQueued, onError }: Settings,
  { wait, send, received, probe }: RequestConnection,
) {
  const pending = new Map<unknown, PendingRequest>();
  let lastId = 0;

  const trySend = (request: PendingRequest): void => {
    if (!request.isInFlight && send(request.frame)) {
      request.isInFlight = true;
      request.received = received();
    }
    request.wasSent ||= request.isInFlight;
  };
  const readTraceparent = (): string | undefined => {
    try {
      return trace?.getTraceparent?.();
    } catch (error) {
      // A tracer that fails costs no request.
      onError(error);
      return undefined;
    }
  };
  const isQueueFull = (): boolean =>
    [...pending.values()].filter(({ isInFlight }) => !isInFlight).length >= maxQueued;
  return {
    /** Sends a request, or queues it while there is no connection. Never throws. */
    // Async, so that an exception of the envelope becomes a rejection. All of it runs before the call returns.
    async add(
      command: string,
      fields: object | undefined,
      { timeoutMs: ownTimeoutMs = timeoutMs, signal, isIdempotent }: RequestOptions,
    ) {
      lastId += 1;
      const id = lastId;
      const frame = envelope.encodeRequest({ command, id, fields, traceparent: readTraceparent() });
      let request: PendingRequest | undefined;
      return wait(
        { timeoutMs: ownTimeoutMs, signal },
        (resolve, reject) => {
          request = { frame, isIdempotent, isInFlight: false, received: 0, wasSent: false, resolve, reject };
          trySend(request);
          if (request.isInFlight || !isQueueFull()) pending.set(id, request);
          else reject(new ClientError("queue_full", `${maxQueued} requests wait.`));
          return () => pending.delete(id);
        },
        () => request?.wasSent,
        () => {
          if (!request?.isInFlight || request.received !== received()) return;
          try {
            // Not a request's id, so no promise waits for the answer.
            probe(envelope.encodeRequest({ command: "$probe", id: 0, fields: undefined }));
          } catch (error) {
            onError(error);
          }
        },
      );
    },
    /** Sends the waiting requests, in order. */
    flush() {
      for (const request of pending.values()) trySend(request);
    },
    /** Handles a reply. Ignores one to a cancelled request. */
    settle(reply: InboundMessage) {
      const request = pending.get(reply.id);
      if (reply.error || !("data" in reply)) request?.reject(toClientError(reply));
      else request?.resolve(reply.data);
    },
    /** Called when the connection has ended. Rejects sent requests, or queues them again if they are idempotent. */
    cut(closeCode: number) {
      for (const request of pending.values()) {
        if (!request.isInFlight) continue;
        request.isInFlight = false;
        if (request.isIdempotent && !messageFaults.includes(closeCode)) continue;
        const message = `Closed with ${closeCode} before the reply.`;
        request.reject(new ClientError("connection_lost", message, { wasSent: true }));
      }
    },
  };
}
