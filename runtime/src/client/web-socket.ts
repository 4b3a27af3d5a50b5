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
  /** `ws` has it; tells the HTTP answer to a refused handshake. */
  on?(event: never, listener: never): unknown;
}

export type WebSocketConstructor = new (url: string | URL, protocols?: string | string[]) => WebSocketLike;
