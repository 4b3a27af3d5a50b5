import Koa, { type Context, type Middleware } from "koa";
import Router from "koa-router";
import { report, toError } from "../boundary.js";
import type { HttpRouter } from "../config/module-types.js";
import type { ModuleRuntime } from "../connection/module-runtime.js";
import { clientAddress } from "./client-address.js";
import type { HandshakeAttempts } from "./handshake-attempt.js";
import { createPathCheck, getBaseSegments } from "./route.js";
import { type RoutedModule, toMiddleware, type WebSocketRoute } from "./web-socket-route.js";

/**
 * Creates the Koa application of one port. The order is: the middlewares of the port, then for each module its middlewares,
 * its WebSocket routes and its HTTP routes. One check decides for all three whether a path belongs to the module. So a
 * client cannot reach a route without the module's middlewares, whatever the spelling of the path.
 * @throws the errors of `useApp` and `setHttpRoutes` of a module
 */
export function createKoaApp(
  modules: readonly RoutedModule[],
  routes: readonly WebSocketRoute[],
  attempts: HandshakeAttempts,
): Koa {
  const app = new Koa(proxyOptions(modules));
  const [first] = modules;
  app.on("error", (error: NodeJS.ErrnoException & { expose?: boolean }, ctx?: Context) => {
    // An exposed error is an answer that a middleware has chosen.
    if (error.expose || first === undefined) return;
    const { log } = first.runtime;
    const { code = "", message } = error;
    // Only the message: an error of Node's parser contains the client's packet.
    if (ctx?.req.socket.destroyed && abortCodes.test(code))
      log.debug({ cause: message }, "a request was aborted");
    else report({ entry: "middleware", log }, error);
  });
  app.use(answerErrors);
  if (app.proxy) {
    app.use((ctx, next) => {
      // Koa uses the header unchanged, with a port and brackets.
      ctx.request.ip = clientAddress(ctx.req, app.maxIpsCount === 0 ? true : app.maxIpsCount);
      return next();
    });
  }
  for (const { runtime } of modules) {
    for (const configure of runtime.config.appSetups) configure(app);
  }
  for (const { runtime } of modules) {
    for (const middleware of runtime.config.listenerMiddlewares) app.use(middleware);
  }
  const webSocketRoutes = toMiddleware(routes, attempts);
  const bases = modules.map(({ runtime }) => getBaseSegments(runtime));
  for (const { runtime } of modules) {
    const chain = [...runtime.config.middlewares, webSocketRoutes, ...createHttpRoutes(runtime)];
    const isOwnPath = createPathCheck(getBaseSegments(runtime), bases);
    for (const middleware of chain) {
      app.use((ctx, next) => (isOwnPath(ctx.path) ? middleware(ctx, next) : next()));
    }
  }
  return app;
}

/** Codes for a client that leaves during its request or its response, or that sends a body that is not HTTP. */
const abortCodes = /^(?:HPE_\w+|ECONNRESET|EPIPE|ERR_HTTP_REQUEST_TIMEOUT|ERR_STREAM_PREMATURE_CLOSE)$/;

/** Middlewares trust the proxy headers only if every module of the port does, and only as many proxies as all of them do. */
function proxyOptions(modules: readonly RoutedModule[]): { proxy: boolean; maxIpsCount: number } {
  const trusted = modules.map(({ runtime }) => runtime.config.trustProxy);
  const hops = trusted.filter((value) => typeof value === "number");
  return {
    proxy: trusted.every((value) => value !== false && value !== 0),
    maxIpsCount: hops.length === 0 ? 0 : Math.min(...hops),
  };
}

function createHttpRoutes(runtime: ModuleRuntime): Middleware[] {
  const { config } = runtime;
  if (config.httpRoutes === undefined) return [];
  const prefix = getBaseSegments(runtime)
    .map((segment) => `/${escapePattern(segment)}`)
    .join("");
  const router = new Router({ prefix });
  config.httpRoutes(router as unknown as HttpRouter);
  return [router.routes() as Middleware, router.allowedMethods() as Middleware];
}

/** The syntax characters of path-to-regexp. */
const escapePattern = (segment: string): string => encodeURI(segment).replaceAll(/[{}()[\]+?!:*\\]/g, "\\$&");

/**
 * The first middleware. Answers 400 if the target of the request is an absolute URL that cannot be parsed (`GET http://[/
 * HTTP/1.1`), because `ctx.path` would throw in any middleware. Converts thrown values to an `Error`, because Koa sends no
 * answer for null and throws for some proxies.
 */
const answerErrors: Middleware = async (ctx, next) => {
  if (!hasPath(ctx)) {
    ctx.status = 400;
    ctx.body = { error: { code: "bad_request", message: "The request target is not a valid URL." } };
    return;
  }
  try {
    await next();
  } catch (thrown) {
    throw toError(thrown);
  }
};

function hasPath(ctx: Context): boolean {
  try {
    return typeof ctx.path === "string";
  } catch {
    return false;
  }
}
