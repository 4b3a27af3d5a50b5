import Koa, { type Middleware } from "koa";
import Router from "koa-router";
import type { ModuleRuntime } from "../connection/module-runtime.js";
import type { RoutedModule } from "./create-routes.js";
import type { HandshakeAttempts } from "./handshake-attempt.js";
import { refuseBadTarget } from "./refuse-bad-target.js";
import { pathBelow } from "./route.js";
import { toMiddleware, type WebSocketRoute } from "./web-socket-route.js";

/**
 * The Koa application of one port. In this order: the middlewares of the port, those of the modules, the WebSocket
 * routes, the HTTP routes of the modules.
 */
export function createApp(
  modules: readonly RoutedModule[],
  routes: readonly WebSocketRoute[],
  attempts: HandshakeAttempts,
): Koa {
  const app = new Koa(proxyOptions(modules));
  const [first] = modules;
  app.on("error", (error: Error & { expose?: boolean }) => {
    // What is exposed is an answer that the middleware meant to give.
    if (!error.expose) first?.runtime.log.error({ err: error }, "error in a middleware");
  });
  app.use(refuseBadTarget);
  for (const { runtime } of modules) {
    for (const middleware of runtime.config.listenerMiddlewares) app.use(middleware);
  }
  for (const { runtime } of modules) {
    for (const middleware of runtime.config.middlewares) app.use(onlyBelow(runtime.flag, middleware));
  }
  app.use(webSocketRouter(routes, attempts).routes());
  for (const { runtime } of modules) addHttpRoutes(app, runtime);
  return app;
}

/** Middlewares believe the proxy headers only if every module of the port does, and as far as the most careful one. */
function proxyOptions(modules: readonly RoutedModule[]): { proxy: boolean; maxIpsCount: number } {
  const trusted = modules.map(({ runtime }) => runtime.config.trustProxy);
  const hops = trusted.filter((value) => typeof value === "number");
  return {
    proxy: trusted.every((value) => value !== false && value !== 0),
    maxIpsCount: hops.length === 0 ? 0 : Math.min(...hops),
  };
}

function webSocketRouter(routes: readonly WebSocketRoute[], attempts: HandshakeAttempts): Router {
  const router = new Router();
  for (const route of routes) router.get(route.regexp, toMiddleware(route, attempts));
  return router;
}

function onlyBelow(flag: string, middleware: Middleware): Middleware {
  const path = pathBelow(flag);
  return (ctx, next) => (path.test(ctx.path) ? middleware(ctx, next) : next());
}

function addHttpRoutes(app: Koa, { flag, config }: ModuleRuntime): void {
  if (config.httpRoutes === undefined) return;
  const router = new Router({ prefix: `/${escapePattern(flag)}` });
  config.httpRoutes(router);
  app.use(router.routes());
  app.use(router.allowedMethods());
}

/** What path-to-regexp would read as syntax. */
const escapePattern = (flag: string): string => encodeURI(flag).replaceAll(/[{}()[\]+?!:*\\]/g, "\\$&");
