import { contain } from "../boundary.js";
import type { Awaitable, Logger } from "../contract.js";
import { ErrorCode } from "../protocol/errors.js";
import { hasMiddlewares, type RoutedModule } from "./create-routes.js";
import type { HandshakeAttempt } from "./handshake-attempt.js";
import type { HandshakeContext } from "./handshake-context.js";
import type { WebSocketRoute } from "./web-socket-route.js";

/** Takes a handshake to its route. Undefined: it has to go through Koa. */
export type HandleDirectly = (attempt: HandshakeAttempt) => { readonly done: Awaitable<void> } | undefined;

/** A path and a query as they stand; anything else (an absolute URL, a fragment) is for Koa to read. */
const plainTarget = /^(\/[^?#\s]*)(?:\?([^#\s]*))?$/;

/**
 * A port whose modules have no middlewares has nothing to do in Koa before a handshake has reached its route, and
 * nothing after: a third of a handshake's time is saved there. What no route matches goes to Koa all the same.
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
    const refuse = () =>
      attempt.answer({
        status: 500,
        body: { error: { code: ErrorCode.failed, message: "Internal error." } },
      });
    return { done: contain({ entry: "upgrade", log }, () => handle(route, ctx, attempt), refuse) };
  };
}

function handle(route: WebSocketRoute, ctx: HandshakeContext, attempt: HandshakeAttempt): Awaitable<void> {
  const handled = route.handle(ctx, attempt);
  if (handled !== undefined) return handled.then(() => answer(ctx, attempt));
  answer(ctx, attempt);
  return undefined;
}

function answer(ctx: HandshakeContext, attempt: HandshakeAttempt): void {
  if (ctx.respond !== false) attempt.answer(ctx);
}
