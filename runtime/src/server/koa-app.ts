import type { IncomingMessage, ServerResponse } from "node:http";
import { hasMiddlewares, type RoutedModule } from "./create-routes.js";
import type { HandshakeAttempts } from "./handshake-attempt.js";
import type { WebSocketRoute } from "./web-socket-route.js";

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

  /** Resolves when the middlewares are done. */
  readonly handle: Handle = async (request, response) => {
    const handle = await this.#load();
    return handle(request, response);
  };

  #load(): Promise<Handle> {
    this.#handle ??= import("./create-app.js").then(({ createApp }) =>
      createApp(this.#modules, this.#routes, this.#attempts).callback(),
    );
    return this.#handle;
  }
}
