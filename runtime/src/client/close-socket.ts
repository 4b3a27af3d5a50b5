import type { Clock } from "./client-options.js";
import { startTimer } from "./limited-wait.js";
import type { WebSocketLike } from "./web-socket.js";

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
