import type { IncomingMessage, Server } from "node:http";
import type { Socket } from "node:net";

/**
 * The sockets of an HTTP server on which no request has come yet. Browsers open some in advance, and Node counts
 * them as busy, so a shutdown would wait for them.
 */
export class SilentSockets {
  readonly #sockets = new Set<Socket>();

  constructor(server: Server, isSecure: boolean) {
    const sockets = this.#sockets;
    function forget(this: Socket): void {
      sockets.delete(this);
    }
    const hear = ({ socket }: IncomingMessage): void => {
      if (sockets.delete(socket)) socket.off("close", forget);
    };
    server.on(isSecure ? "secureConnection" : "connection", (socket: Socket) => {
      sockets.add(socket);
      socket.on("close", forget);
    });
    server.on("request", hear).on("upgrade", hear);
  }

  destroy(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
