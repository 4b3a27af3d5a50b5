import type { IncomingMessage } from "node:http";
import type { Context, Middleware, Next } from "koa";
import { contain } from "../boundary.js";
import { Connection } from "../connection/connection.js";
import type { Handshake } from "../connection/context.js";
import type { ModuleRuntime } from "../connection/module-runtime.js";
import { chooseSubprotocol, SocketFactory } from "../connection/ws-internals/socket-factory.js";
import type { Awaitable, Logger } from "../contract.js";
import type { CommandEntry } from "../dispatch/dispatch.js";
import { ErrorCode } from "../errors.js";
import { refuseAboveLimits, refuseOrigin } from "./check-admission.js";
import { clientAddress } from "./client-address.js";
import { connect } from "./connect.js";
import type { HandshakeAttempt, HandshakeAttempts, HandshakeContext } from "./handshake-attempt.js";
import { checkHandshakeValues } from "./handshake-values.js";
import { answerRefused, type RouteSetting, sendRefusal, serverFailed } from "./refusal.js";
import { createPathCheck, getBaseSegments, matchesPath, type Route, readParams } from "./route.js";

/** A started module with its routes and commands. */
export interface RoutedModule {
  readonly runtime: ModuleRuntime;
  readonly routes: readonly Route[];
  /** By their names. */
  readonly commands: ReadonlyMap<string, CommandEntry>;
}

/** Creates the WebSocket routes of one port. The routes of a module keep its order. */
export const createRoutes = (
  modules: readonly RoutedModule[],
  attempts: HandshakeAttempts,
): readonly WebSocketRoute[] => {
  const bases = modules.map(({ runtime }) => getBaseSegments(runtime));
  const getHeaders = (request: IncomingMessage) => attempts.get(request)?.headerLines ?? [];
  return modules.flatMap(({ runtime, routes }) => {
    const sockets = new SocketFactory(runtime.config, getHeaders, runtime.log);
    const setting = { module: runtime, sockets };
    const isOwnPath = createPathCheck(getBaseSegments(runtime), bases);
    return routes.map((route) => createWebSocketRoute(setting, route, isOwnPath));
  });
};

/** True if Koa handles a handshake before its route. */
export const hasMiddlewares = (modules: readonly RoutedModule[]): boolean =>
  modules.some(
    ({ runtime: { config } }) =>
      config.middlewares.length + config.listenerMiddlewares.length + config.appSetups.length > 0,
  );

/** One WebSocket route of a port. */
export interface WebSocketRoute {
  matches(path: string): boolean;
  /** Checks a handshake and calls the module's `connect`. Returns undefined if the handshake is already answered. */
  handle(ctx: HandshakeContext, attempt: HandshakeAttempt): Awaitable<void>;
}

const createWebSocketRoute = (
  setting: RouteSetting,
  route: Route,
  isOwnPath: (path: string) => boolean,
): WebSocketRoute => ({
  matches: (path) => matchesPath(route, path) && isOwnPath(path),
  handle(ctx, attempt) {
    attempt.observed?.note({ module: setting.module, route: route.pattern });
    const handshake = readHandshake(setting.module, route, ctx);
    if (handshake === undefined) {
      attempt.isLogged = true;
      const note = {
        decidedBy: "handshakeURL",
        remoteAddress: clientAddress(ctx.req, false),
        found: ctx.req.url,
      };
      setting.module.refusals.note("handshake_failed", note);
      return answerRefused(ctx, badPath);
    }
    // The origin is first: which values are wrong would show a foreign page something of its user's cookies.
    const foreign = refuseOrigin(setting.module, ctx, handshake);
    if (foreign !== undefined) return sendRefusal(setting, { ctx, attempt, refused: foreign });
    const verdict = checkHandshakeValues(setting.module, handshake);
    if ("refused" in verdict) return sendRefusal(setting, { ctx, attempt, refused: verdict.refused });
    const full = refuseAboveLimits(setting.module, handshake);
    if (full !== undefined) return sendRefusal(setting, { ctx, attempt, refused: full });
    const { checked } = verdict;
    const connection = new Connection(setting.module, checked ? { ...handshake, checked } : handshake);
    return connect(setting, { ctx, attempt, connection });
  },
});

/** The routes as a Koa middleware. A plain request to a WebSocket route gets 426. */
export const toMiddleware =
  (routes: readonly WebSocketRoute[], attempts: HandshakeAttempts): Middleware =>
  (ctx, next) => {
    const isGet = ctx.method === "GET" || ctx.method === "HEAD";
    const route = isGet ? routes.find(({ matches }) => matches(ctx.path)) : undefined;
    if (route === undefined) return next();
    const attempt = attempts.get(ctx.req);
    if (attempt === undefined) return answerPlainRequest(ctx, next);
    // The client was refused, because a middleware took too long.
    return attempt.isFinished ? undefined : route.handle(ctx, attempt);
  };

const badPath = {
  status: 400,
  error: { code: ErrorCode.handshakeFailed, message: "The path is not valid percent-encoded UTF-8." },
};

/** Runs the module's HTTP route with the same path. Without one, the answer is that of RFC 9110 §15.5.22. */
async function answerPlainRequest(ctx: Context, next: Next): Promise<void> {
  await next();
  if (ctx.status !== 404 || ctx.body !== undefined) return;
  ctx.set("Upgrade", "websocket");
  ctx.status = 426;
  ctx.body = { error: { code: "upgrade_required", message: "This is a WebSocket route." } };
}

/** Reads the data of the connection from its request. @returns undefined if the path is not valid percent-encoding */
function readHandshake(module: ModuleRuntime, route: Route, ctx: HandshakeContext): Handshake | undefined {
  const params = readParams(route, ctx.path);
  if (params === undefined) return undefined;
  const { headers } = ctx.req;
  const offered = headers["sec-websocket-protocol"]?.split(",").map((name) => name.trim()) ?? [];
  return {
    route: route.pattern,
    params,
    queryString: ctx.querystring,
    headers,
    remoteAddress: clientAddress(ctx.req, module.config.trustProxy),
    subprotocol: chooseSubprotocol(module.config.subprotocols, offered) ?? "",
    state: ctx.state,
    checked: undefined,
  };
}

/** Passes a handshake to its route. @returns undefined if it has to go through Koa */
export type HandleDirectly = (attempt: HandshakeAttempt) => { readonly done: Awaitable<void> } | undefined;

/** A path with an optional query. Koa reads all other targets: absolute URLs, fragments. */
const plainTarget = /^(\/[^?#\s]*)(?:\?([^#\s]*))?$/;

/**
 * Fast path: without middlewares, a handshake goes straight to its route. This saves a third of the time of a handshake.
 * Koa handles paths that match no route.
 */
export function createDirectHandler(
  modules: readonly RoutedModule[],
  routes: readonly WebSocketRoute[],
  log: Logger,
): HandleDirectly {
  if (hasMiddlewares(modules)) return () => undefined;
  return (attempt) => {
    const { request } = attempt;
    const [, path, querystring = ""] = plainTarget.exec(request.url ?? "") ?? [];
    const route = path === undefined ? undefined : routes.find(({ matches }) => matches(path));
    if (path === undefined || route === undefined) return undefined;
    const ctx = { req: request, path, querystring, state: undefined, status: 404, body: undefined };
    const refuse = () => attempt.answer({ status: serverFailed.status, body: { error: serverFailed.error } });
    const handle = () => {
      const handled = route.handle(ctx, attempt);
      return handled === undefined ? answer(ctx, attempt) : handled.then(() => answer(ctx, attempt));
    };
    return { done: contain({ entry: "upgrade", log }, handle, refuse) };
  };
}

function answer(ctx: HandshakeContext, attempt: HandshakeAttempt): void {
  if (ctx.respond !== false) attempt.answer(ctx);
}
