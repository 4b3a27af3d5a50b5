import type { IncomingMessage, ServerResponse } from "node:http";
import type { HandshakeAttempts } from "./handshake-attempt.js";
import { hasMiddlewares, type RoutedModule, type WebSocketRoute } from "./web-socket-route.js";

type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<unknown>;

/**
 * The Koa application of one port. Loading Koa takes as long as loading the rest of a server, and one whose modules have
 * only WebSocket routes needs it for nothing but requests that are none: it is loaded when the first of these comes.
 */
export class KoaApp {
  readonly #modules: readonly RoutedModule[];
  readonly #routes: readonly WebSocketRoute[];
  readonly #attempts: HandshakeAttempts;
  #handle: Promise<Handle> | undefined;

  constructor(
    modules: readonly RoutedModule[],
    routes: readonly WebSocketRoute[],
    attempts: HandshakeAttempts,
  ) {
    this.#modules = modules;
    this.#routes = routes;
    this.#attempts = attempts;
  }

  /** Loads it where modules have something to do in it. Rejects with what their `httpRoutes` throw. */
  async prepare(): Promise<void> {
    const hasHttpRoutes = this.#modules.some(({ runtime }) => runtime.config.httpRoutes !== undefined);
    if (hasHttpRoutes || hasMiddlewares(this.#modules)) await this.#load();
  }

  /** Resolves when the middlewares are done, or the request was refused because Koa cannot be loaded. */
  readonly handle: Handle = async (request, response) => {
    const handle = await this.#load().catch((error: unknown) => this.#refuse(error, response));
    return handle?.(request, response);
  };

  #load(): Promise<Handle> {
    this.#handle ??= import("./create-app.js").then(({ createApp }) =>
      createApp(this.#modules, this.#routes, this.#attempts).callback(),
    );
    return this.#handle;
  }

  /** Whoever takes all file descriptors could keep Koa's files from being read; nothing else may come of it. */
  #refuse(error: unknown, response: ServerResponse): undefined {
    this.#handle = undefined;
    this.#modules[0]?.runtime.log.error({ err: error }, "Koa cannot be loaded");
    response.writeHead(503, { Connection: "close" }).end();
  }
}
