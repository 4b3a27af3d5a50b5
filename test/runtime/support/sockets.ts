import type { Socket } from "node:net";
import type { TestClient } from "wsgen-runtime/testing";

/** The TCP or TLS socket of a client. */
export const rawSocket = (client: TestClient): Socket =>
  (client.socket as unknown as { _socket: Socket })._socket;

/** Resolves in the next turn of the event loop. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
