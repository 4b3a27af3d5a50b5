import type { ModuleRuntime } from "../connection/module-runtime.js";
import type { HandshakeAttempts } from "./handshake-attempt.js";
import { baseOf, createPathCheck, type Route } from "./route.js";
import { SocketFactory } from "./socket-factory.js";
import { createWebSocketRoute, type WebSocketRoute } from "./web-socket-route.js";

/** A module with its routes. */
export interface RoutedModule {
  readonly runtime: ModuleRuntime;
  readonly routes: readonly Route[];
}

/** The WebSocket routes of one port; those of a module in its own order. */
export const createRoutes = (
  modules: readonly RoutedModule[],
  attempts: HandshakeAttempts,
): readonly WebSocketRoute[] => {
  const bases = modules.map(({ runtime }) => baseOf(runtime));
  return modules.flatMap(({ runtime, routes }) => {
    const setting = { module: runtime, sockets: new SocketFactory(runtime.config, attempts, runtime.log) };
    const isOwnPath = createPathCheck(baseOf(runtime), bases);
    return routes.map((route) => createWebSocketRoute(setting, route, isOwnPath));
  });
};

/** Does Koa come before a handshake has reached its route? */
export const hasMiddlewares = (modules: readonly RoutedModule[]): boolean =>
  modules.some(
    ({ runtime: { config } }) =>
      config.middlewares.length + config.listenerMiddlewares.length + config.appSetups.length > 0,
  );
