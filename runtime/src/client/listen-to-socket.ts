import type { WebSocketLike } from "./web-socket.js";

/** What a socket tells. */
interface SocketListener {
  onOpen(): void;
  onFrame(frame: string | ArrayBuffer): void;
  /** `status`: of a handshake that was answered with anything but 101, where that can be seen. */
  onError(error: unknown, status: number | undefined): void;
  onEnd(code: number, reason: string): void;
}

/** Listens to a socket for as long as it is the current one. */
export function listenTo(
  socket: WebSocketLike,
  isCurrent: () => boolean,
  { onOpen, onFrame, onError, onEnd }: SocketListener,
): void {
  socket.binaryType = "arraybuffer";
  socket.onopen = () => {
    if (isCurrent()) onOpen();
  };
  socket.onmessage = ({ data }: { data: string | ArrayBuffer }) => {
    if (isCurrent()) onFrame(data);
  };
  // It is never taken off: `ws` throws an error that nobody listens to.
  socket.onerror = ({ error, message = "" }: { error?: unknown; message?: string }) => {
    // What `ws` says of a handshake that was refused.
    const [, status] = /server response: (\d+)/.exec(message) ?? [];
    if (isCurrent()) onError(error, status ? +status : undefined);
  };
  socket.onclose = ({ code, reason }: { code: number; reason: string }) => {
    if (isCurrent()) onEnd(code, reason);
  };
}
