import type { IncomingMessage, ServerResponse } from "node:http";
import type { HandshakeAttempts } from "./handshake-attempt.js";
import { hasMiddlewares, type RoutedModule, type WebSocketRoute } from "./web-socket-route.js";

type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<unknown>;

/**
 * Creates the Koa application of one port. Loads Koa lazily, because that takes as long as loading the rest of a server. If
 * all modules have WebSocket routes only, the first plain request loads it.
 */
export function createLazyKoa(
  modules: readonly RoutedModule[],
  routes: readonly WebSocketRoute[],
  attempts: HandshakeAttempts,
) {
  let loading: Promise<Handle> | undefined;
  const load = (): Promise<Handle> => {
    loading ??= import("./koa-app.js").then(({ createKoaApp }) =>
      createKoaApp(modules, routes, attempts).callback(),
    );
    return loading;
  };
  // A client that uses all file descriptors prevents the load. The next request tries again.
  const refuse = (error: unknown, response: ServerResponse): undefined => {
    loading = undefined;
    modules[0]?.runtime.log.error({ err: error }, "Koa cannot be loaded");
    response.writeHead(503, { Connection: "close" }).end();
  };
  return {
    /** Loads Koa if a module has middlewares or HTTP routes. Rejects with the errors of `useApp` and `setHttpRoutes`. */
    async prepare(): Promise<void> {
      const hasHttpRoutes = modules.some(({ runtime }) => runtime.config.httpRoutes !== undefined);
      if (hasHttpRoutes || hasMiddlewares(modules)) await load();
    },
    /** Resolves when the middlewares are done. If Koa cannot be loaded, the request gets 503. */
    async handle(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
      const handle = await load().catch((error: unknown) => refuse(error, response));
      return handle?.(request, response);
    },
  };
}
