import type { RequestOptions } from "./client.js";
import { ClientError, errorOf } from "./client-error.js";
import type { Settings } from "./client-options.js";
import type { InboundMessage } from "./envelope.js";
import type { Wait } from "./limited-wait.js";

/** The requests that are not settled, in the order in which they were made. */
export interface Requests {
  /** Sends a request, or queues it while there is no connection. Never throws. */
  add(command: string, fields: object | undefined, options: RequestOptions): Promise<unknown>;
  /** Sends what waits, in order. */
  flush(): void;
  /** A reply has come. One to a request that was given up is ignored. */
  settle(reply: InboundMessage): void;
  /** The connection has ended: what was sent is rejected, or waits again where that does no harm. */
  cut(closeCode: number): void;
}

interface PendingRequest {
  readonly frame: string | Uint8Array;
  readonly isIdempotent: boolean | undefined;
  /** On the connection that is open now. */
  isInFlight: boolean;
  /** How many frames had come on this connection when it was sent. */
  received: number;
  /** At any time: the server may have executed it. */
  wasSent: boolean;
  resolve(data: unknown): void;
  reject(error: Error): void;
}

/** What requests are made of. */
interface RequestConnection {
  readonly wait: Wait;
  /** False: there is no open connection. */
  send(frame: string | Uint8Array): boolean;
  /** How many frames have come on the connection. */
  received(): number;
  /** Nothing has come since a request that timed out was sent: ends the connection unless something comes soon. */
  probe(frame: string | Uint8Array): void;
}

/** Codes by which a server refuses what it was sent: sent again, it would be refused again. */
const messageFaults: readonly number[] = [1002, 1003, 1007, 1009];

export function createRequests(
  { envelope, timeoutMs, maxQueued, onError }: Settings,
  { wait, send, received, probe }: RequestConnection,
): Requests {
  const pending = new Map<unknown, PendingRequest>();
  let lastId = 0;

  const trySend = (request: PendingRequest): void => {
    if (!request.isInFlight && send(request.frame)) {
      request.isInFlight = true;
      request.received = received();
    }
    request.wasSent ||= request.isInFlight;
  };
  const isQueueFull = (): boolean =>
    [...pending.values()].filter(({ isInFlight }) => !isInFlight).length >= maxQueued;
  return {
    // Async, so that what the envelope throws is a rejection; all of it runs before the call returns.
    async add(command, fields, { timeoutMs: ownTimeoutMs = timeoutMs, signal, isIdempotent }) {
      lastId += 1;
      const id = lastId;
      const frame = envelope.encodeRequest({ command, id, fields });
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
            // Never a request's id, so that no promise waits for the answer.
            probe(envelope.encodeRequest({ command: "$probe", id: 0, fields: undefined }));
          } catch (error) {
            onError(error);
          }
        },
      );
    },
    flush() {
      for (const request of pending.values()) trySend(request);
    },
    settle(reply) {
      const request = pending.get(reply.id);
      if (reply.error || !("data" in reply)) request?.reject(errorOf(reply));
      else request?.resolve(reply.data);
    },
    cut(closeCode) {
      for (const request of pending.values()) {
        if (!request.isInFlight) continue;
        request.isInFlight = false;
        if (request.isIdempotent && !messageFaults.includes(closeCode)) continue;
        const message = `No reply before the connection ended: ${closeCode}.`;
        request.reject(new ClientError("connection_lost", message, { wasSent: true }));
      }
    },
  };
}
