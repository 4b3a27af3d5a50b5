import type { IncomingMessage, ServerResponse } from "node:http";
import type { HandshakeAttempts } from "./handshake-attempt.js";
import { hasMiddlewares, type RoutedModule, type WebSocketRoute } from "./web-socket-route.js";

type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<unknown>;

/** The Koa application of one port. */
export interface KoaApp {
  /** Loads it where modules have something to do in it. Rejects with what their `httpRoutes` throw. */
  prepare(): Promise<void>;
  /** Resolves when the middlewares are done, or the request was refused because Koa cannot be loaded. */
  readonly handle: Handle;
}

/**
 * Loading Koa takes as long as loading the rest of a server. A server whose modules have only WebSocket routes needs it
 * for plain requests alone, so the first of these loads it.
 */
export function createKoaApp(
  modules: readonly RoutedModule[],
  routes: readonly WebSocketRoute[],
  attempts: HandshakeAttempts,
): KoaApp {
  let loading: Promise<Handle> | undefined;
  const load = (): Promise<Handle> => {
    loading ??= import("./create-app.js").then(({ createApp }) =>
      createApp(modules, routes, attempts).callback(),
    );
    return loading;
  };
  // A client that takes all file descriptors can keep Koa's files from being read: only its own requests may suffer.
  const refuse = (error: unknown, response: ServerResponse): undefined => {
    loading = undefined;
    modules[0]?.runtime.log.error({ err: error }, "Koa cannot be loaded");
    response.writeHead(503, { Connection: "close" }).end();
  };
  return {
    async prepare() {
      const hasHttpRoutes = modules.some(({ runtime }) => runtime.config.httpRoutes !== undefined);
      if (hasHttpRoutes || hasMiddlewares(modules)) await load();
    },
    async handle(request, response) {
      const handle = await load().catch((error: unknown) => refuse(error, response));
      return handle?.(request, response);
    },
  };
}
