import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import Koa, { type Context, type Middleware } from "koa";
import type Router from "koa-router";
import type { Logger } from "../contract.js";
import type { AdminAddress } from "../server/running-serve.js";
import { AdminError } from "./admin-error.js";
import { refuseOtherHosts } from "./admin-host.js";
import { type AdminSetting, adminRoutes, letIn, probeRoutes } from "./admin-routes.js";
import { pageRoutes } from "./inspector-page.js";
import { closeAtOnce, isLoopback, listen, type OperationsServer } from "./operations-server.js";

/** The admin API on its port. */
export interface AdminServer extends OperationsServer {
  readonly address: AdminAddress;
}

const headTimeoutMs = 10_000;
const requestTimeoutMs = 30_000;

/** Serves the admin API; port 0 is any free port. @throws the error of `listen` if the address is in use or not local */
export async function startAdmin(address: AdminAddress, setting: AdminSetting): Promise<AdminServer> {
  const server = createServer({
    headersTimeout: headTimeoutMs,
    requestTimeout: requestTimeoutMs,
    connectionsCheckingInterval: 1_000,
  });
  await listen(server, address, setting.logger.logger);
  const { address: host, port } = server.address() as AddressInfo;
  const app = createAdminApp(setting, { checksHost: isLoopback(host) });
  server.on("request", app.callback() as RequestListener);
  return { address: { host, port }, close: () => closeAtOnce(server) };
}

/** The admin and push API: JSON in and out. Only the probes and the files of the inspector are open to everybody. */
function createAdminApp(setting: AdminSetting, { checksHost }: { checksHost: boolean }): Koa {
  const { state, access, docsFile } = setting;
  const app = new Koa();
  const log = setting.logger.logger;
  const probes = probeRoutes(state);
  const routes = adminRoutes(setting);
  const page = pageRoutes(docsFile);
  app.on("error", (error: Error) => log.debug({ err: error }, "admin: the request was aborted"));
  app.use(answerInJson(log));
  if (checksHost) app.use(refuseIf(refuseOtherHosts));
  app.use(probes.routes());
  app.use(refuseOtherMethods(probes));
  app.use(page.routes());
  app.use(refuseOtherMethods(page));
  app.use((ctx, next) => {
    letIn(ctx, access);
    return next();
  });
  app.use(routes.routes());
  app.use(refuseOtherMethods(routes));
  app.use(() => {
    throw new AdminError(404, "not_found", { message: "Unknown path." });
  });
  return app;
}

const answerInJson =
  (log: Logger): Middleware =>
  async (ctx, next) => {
    ctx.set({ "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff" });
    try {
      await next();
    } catch (thrown) {
      const error = thrown instanceof AdminError ? thrown : unexpected(thrown, log);
      log.debug({ from: ctx.req.socket.remoteAddress, code: error.code }, "admin: sent an error");
      ctx.status = error.status;
      ctx.set(error.headers);
      ctx.body = { error: { code: error.code, message: error.message } };
    }
  };

const refuseIf =
  (find: (request: IncomingMessage) => AdminError | undefined): Middleware =>
  (ctx, next) => {
    const refusal = find(ctx.req);
    if (refusal !== undefined) throw refusal;
    return next();
  };

function unexpected(thrown: unknown, log: Logger): AdminError {
  if ((thrown as NodeJS.ErrnoException | null)?.code === "ERR_INVALID_URL") {
    return new AdminError(400, "invalid_request", { message: "The request target is not a valid URL." });
  }
  log.error({ err: thrown }, "admin: a request failed");
  return new AdminError(500, "failed", { message: "Internal error. See the log." });
}

/** Answers 405 for a known path (RFC 9110 §15.5.6). */
const refuseOtherMethods =
  (router: Router): Middleware =>
  (ctx: Context, next) => {
    const allowed = new Set(router.match(ctx.path, ctx.method).path.flatMap(({ methods }) => methods));
    if (allowed.size === 0) return next();
    ctx.set("Allow", [...allowed].join(", "));
    throw new AdminError(405, "method_not_allowed", { message: `Allowed: ${[...allowed].join(", ")}.` });
  };
