import type { Context, Middleware } from "koa";
import Router from "koa-router";
import { closeConnections, readClosing } from "./admin-close.js";
import { describeConnection, findConnection, findConnections, listConnections } from "./admin-connections.js";
import { AdminError } from "./admin-error.js";
import { type AdminSubject, describeModule, findModule } from "./admin-module.js";
import { readPush } from "./admin-push.js";
import { readCloseQuery, readListQuery } from "./admin-query.js";
import { readJsonBody } from "./read-json-body.js";

/** What anybody may ask: a supervisor has no token. */
export function probeRoutes({ isReady }: AdminSubject): Router {
  const router = new Router();
  router.get("/healthz", (ctx) => {
    ctx.body = { status: "alive" };
  });
  router.get("/readyz", (ctx) => {
    if (!isReady()) throw new AdminError(503, "not_ready", "The server is starting or shutting down.");
    ctx.body = { status: "ready" };
  });
  return router;
}

/** What needs the token. */
export function adminRoutes(subject: AdminSubject): Router {
  const router = new Router();
  router.get("/modules", (ctx) => {
    ctx.body = { modules: subject.modules.map(describeModule) };
  });
  router.get("/connections", (ctx) => {
    ctx.body = listConnections(subject, readListQuery(new URLSearchParams(ctx.querystring)));
  });
  router.get("/connections/:id", (ctx) => {
    ctx.body = describeConnection(findConnection(subject, String(ctx.params.id)));
  });
  router.delete("/connections/:id", closeOne(subject));
  router.delete("/connections", closeMatching(subject));
  router.post("/push", push(subject));
  return router;
}

const closeOne =
  (subject: AdminSubject): Middleware =>
  async (ctx) => {
    const closing = readClosing(await readJsonBody(ctx.req));
    const found = findConnection(subject, String(ctx.params.id));
    const { log } = found.module.runtime;
    await closeConnections([found], closing);
    const { code, reason } = closing;
    log.info(
      { from: personOf(ctx), connection: found.connection.id, code, reason },
      "admin closed a connection",
    );
    ctx.body = { closed: 1 };
  };

const closeMatching =
  (subject: AdminSubject): Middleware =>
  async (ctx) => {
    const filter = readCloseQuery(new URLSearchParams(ctx.querystring));
    const closing = readClosing(await readJsonBody(ctx.req));
    const { log } = findModule(subject, filter.module).runtime;
    const found = findConnections(subject, filter);
    await closeConnections(found, closing);
    const { code, reason } = closing;
    const closed = found.length;
    log.info({ from: personOf(ctx), filter, closed, code, reason }, "admin closed connections");
    ctx.body = { closed };
  };

const push =
  (subject: AdminSubject): Middleware =>
  async (ctx) => {
    const { module, to, event, send } = readPush(await readJsonBody(ctx.req));
    const { runtime } = findModule(subject, module);
    const { delivered, gone } = send(runtime);
    runtime.log.info({ from: personOf(ctx), to, event, delivered, gone: gone.length }, "admin pushed");
    ctx.body = { delivered, gone };
  };

/** As much as is known of who it was: everybody bears the same token. */
export const personOf = (ctx: Context): string => ctx.req.socket.remoteAddress ?? "";
