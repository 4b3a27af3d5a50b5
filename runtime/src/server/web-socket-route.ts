import type { Context, Middleware, Next } from "koa";
import { Connection } from "../connection/connection.js";
import { admit } from "./admission.js";
import { connect } from "./connect.js";
import { readHandshake } from "./read-handshake.js";
import { answerRefused, type RouteSetting, tellRefusal } from "./refusal.js";
import type { Route } from "./route.js";

/** Koa's handler of one route: a handshake is put before the module's `connect`, a plain request is told to upgrade. */
export function webSocketRoute(setting: RouteSetting, route: Route): Middleware {
  return (ctx, next) => {
    const attempt = setting.attempts.get(ctx.req);
    if (attempt === undefined) return answerPlainRequest(ctx, next);
    const handshake = readHandshake(setting.module, route, ctx);
    if (handshake === undefined) return answerRefused(ctx, badPath);
    const refused = admit(setting.module, ctx, handshake);
    if (refused !== undefined) return tellRefusal(setting, { ctx, attempt, refused });
    return connect(setting, { ctx, attempt, connection: new Connection(setting.module, handshake) });
  };
}

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
