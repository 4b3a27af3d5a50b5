import type { IncomingMessage } from "node:http";

/** What a WebSocket route asks of Koa's context; a handshake that does not need Koa has one of its own. */
export interface HandshakeContext {
  readonly req: IncomingMessage;
  readonly path: string;
  /** Without the question mark. */
  readonly querystring: string;
  readonly state: Record<string, unknown> | undefined;
  status: number;
  body: unknown;
  /** False: the answer is not an HTTP answer. */
  respond?: boolean | undefined;
}
