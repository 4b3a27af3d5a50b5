import type { Context, Middleware, Next } from "koa";
import { Connection } from "../connection/connection.js";
import type { Awaitable } from "../contract.js";
import { admit } from "./admission.js";
import { clientAddress } from "./client-address.js";
import { connect } from "./connect.js";
import type { HandshakeAttempt, HandshakeAttempts } from "./handshake-attempt.js";
import type { HandshakeContext } from "./handshake-context.js";
import { readHandshake } from "./read-handshake.js";
import { answerRefused, type RouteSetting, tellRefusal } from "./refusal.js";
import { matchesPath, type Route } from "./route.js";

/** One WebSocket route of a port. */
export interface WebSocketRoute {
  matches(path: string): boolean;
  /** Puts a handshake before the module's `connect`. No promise: it has answered at once. */
  handle(ctx: HandshakeContext, attempt: HandshakeAttempt): Awaitable<void>;
}

export const createWebSocketRoute = (
  setting: RouteSetting,
  route: Route,
  isOwnPath: (path: string) => boolean,
): WebSocketRoute => ({
  matches: (path) => matchesPath(route, path) && isOwnPath(path),
  handle(ctx, attempt) {
    const handshake = readHandshake(setting.module, route, ctx);
    if (handshake === undefined) {
      attempt.isNoted = true;
      const note = {
        decidedBy: "handshakeURL",
        remoteAddress: clientAddress(ctx.req, false),
        found: ctx.req.url,
      };
      setting.module.refusals.note("handshake_failed", note);
      return answerRefused(ctx, badPath);
    }
    const refused = admit(setting.module, ctx, handshake);
    if (refused !== undefined) return tellRefusal(setting, { ctx, attempt, refused });
    return connect(setting, { ctx, attempt, connection: new Connection(setting.module, handshake) });
  },
});

/** The routes for Koa, where a plain request may come to them too, which is told to upgrade. */
export const toMiddleware =
  (routes: readonly WebSocketRoute[], attempts: HandshakeAttempts): Middleware =>
  (ctx, next) => {
    const isGet = ctx.method === "GET" || ctx.method === "HEAD";
    const route = isGet ? routes.find(({ matches }) => matches(ctx.path)) : undefined;
    if (route === undefined) return next();
    const attempt = attempts.get(ctx.req);
    if (attempt === undefined) return answerPlainRequest(ctx, next);
    // A middleware has taken so long that the client was refused meanwhile.
    return attempt.isOver ? undefined : route.handle(ctx, attempt);
  };

const badPath = {
  status: 400,
  error: { code: "handshake_failed", message: "The path holds bytes that are not percent-encoded UTF-8." },
};

/** The module may have an HTTP route in the same place; otherwise RFC 9110 §15.5.22. */
async function answerPlainRequest(ctx: Context, next: Next): Promise<void> {
  await next();
  if (ctx.status !== 404 || ctx.body !== undefined) return;
  ctx.set("Upgrade", "websocket");
  ctx.status = 426;
  ctx.body = { error: { code: "upgrade_required", message: "This is a WebSocket route." } };
}
