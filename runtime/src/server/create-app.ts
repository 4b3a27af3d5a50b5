import Koa, { type Context, type Middleware } from "koa";
import Router from "koa-router";
import { report, toError } from "../boundary.js";
import type { HttpRouter } from "../config/module-types.js";
import type { ModuleRuntime } from "../connection/module-runtime.js";
import { clientAddress } from "./client-address.js";
import type { HandshakeAttempts } from "./handshake-attempt.js";
import { baseOf, createPathCheck } from "./route.js";
import { type RoutedModule, toMiddleware, type WebSocketRoute } from "./web-socket-route.js";

/**
 * The Koa application of one port. In this order: the middlewares of the port; then for each module its middlewares, its
 * WebSocket routes and its HTTP routes, all behind one decision whether a path is the module's. So nothing of a module
 * can be reached past its middlewares, however a client writes the path.
 * @throws what `useApp` and `setHttpRoutes` of a module throw
 */
export function createApp(
  modules: readonly RoutedModule[],
  routes: readonly WebSocketRoute[],
  attempts: HandshakeAttempts,
): Koa {
  const app = new Koa(proxyOptions(modules));
  const [first] = modules;
  app.on("error", (error: NodeJS.ErrnoException & { expose?: boolean }, ctx?: Context) => {
    // What is exposed is an answer that the middleware meant to give.
    if (error.expose || first === undefined) return;
    const { log } = first.runtime;
    const { code = "", message } = error;
    // Node's error of the parser holds the packet, and with it whatever the client sent.
    if (ctx?.req.socket.destroyed && breakOff.test(code))
      log.debug({ cause: message }, "a request was aborted");
    else report({ entry: "middleware", log }, error);
  });
  app.use(answerErrors);
  if (app.proxy) {
    app.use((ctx, next) => {
      // Koa takes what stands in the header as it stands, a port and brackets included.
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
  const bases = modules.map(({ runtime }) => baseOf(runtime));
  for (const { runtime } of modules) {
    const chain = [...runtime.config.middlewares, webSocketRoutes, ...httpRoutesOf(runtime)];
    const isOwnPath = createPathCheck(baseOf(runtime), bases);
    for (const middleware of chain) {
      app.use((ctx, next) => (isOwnPath(ctx.path) ? middleware(ctx, next) : next()));
    }
  }
  return app;
}

/** True for a client that leaves during its request or the response, or whose body is not HTTP. */
const breakOff = /^(?:HPE_\w+|ECONNRESET|EPIPE|ERR_HTTP_REQUEST_TIMEOUT|ERR_STREAM_PREMATURE_CLOSE)$/;

/** Middlewares trust the proxy headers only if every module of the port does, and only as far as the strictest one. */
function proxyOptions(modules: readonly RoutedModule[]): { proxy: boolean; maxIpsCount: number } {
  const trusted = modules.map(({ runtime }) => runtime.config.trustProxy);
  const hops = trusted.filter((value) => typeof value === "number");
  return {
    proxy: trusted.every((value) => value !== false && value !== 0),
    maxIpsCount: hops.length === 0 ? 0 : Math.min(...hops),
  };
}

function httpRoutesOf(runtime: ModuleRuntime): Middleware[] {
  const { config } = runtime;
  if (config.httpRoutes === undefined) return [];
  const prefix = baseOf(runtime)
    .map((segment) => `/${escapePattern(segment)}`)
    .join("");
  const router = new Router({ prefix });
  config.httpRoutes(router as unknown as HttpRouter);
  return [router.routes() as Middleware, router.allowedMethods() as Middleware];
}

/** The syntax characters of path-to-regexp. */
const escapePattern = (segment: string): string => encodeURI(segment).replaceAll(/[{}()[\]+?!:*\\]/g, "\\$&");

/**
 * Stands before all other middlewares. A request whose target is an absolute URL that cannot be parsed (`GET http://[/
 * HTTP/1.1`) is answered 400: looking at its path throws, in whatever middleware does so first. Whatever a middleware
 * throws becomes an `Error`: Koa does not answer at all where that is null, and throws itself at some proxies.
 */
const answerErrors: Middleware = async (ctx, next) => {
  if (!isReadable(() => ctx.path)) {
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

function isReadable(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch {
    return false;
  }
}
