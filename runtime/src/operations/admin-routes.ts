import type { Context, Middleware } from "koa";
import Router from "koa-router";
import type { AdminRight } from "../config/module-types.js";
import type { Connection } from "../connection/connection.js";
import { PreparedMessage } from "../connection/frame.js";
import { runInBatches } from "../connection/pending-work.js";
import { type Caller, findRefusal } from "./admin-access.js";
import { AdminError } from "./admin-error.js";
import {
  type AdminFilter,
  type Closing,
  type Page,
  readCloseQuery,
  readClosing,
  readJsonBody,
  readListQuery,
} from "./admin-input.js";
import { readPush } from "./admin-push.js";
import type { AdminModule, ServerState } from "./operations-server.js";

/** The probes of a supervisor. They need no token. */
export function probeRoutes({ isReady }: ServerState): Router {
  const router = new Router();
  router.get("/healthz", (ctx) => {
    ctx.body = { status: "alive" };
  });
  router.get("/readyz", async (ctx) => {
    if (!(await isReady()))
      throw new AdminError(503, "not_ready", {
        message: "The server is starting or shutting down, or a health check fails.",
      });
    ctx.body = { status: "ready" };
  });
  return router;
}

/** The routes that need the token. */
export function adminRoutes(state: ServerState): Router {
  const router = new Router();
  router.get("/modules", need("read"), (ctx) => {
    ctx.body = { modules: state.modules.map(describeModule) };
  });
  router.get("/connections", need("read"), (ctx) => {
    ctx.body = listConnections(state, readListQuery(new URLSearchParams(ctx.querystring)));
  });
  router.get("/connections/:id", need("read"), (ctx) => {
    ctx.body = describeConnection(findConnection(state, String(ctx.params.id)));
  });
  router.delete("/connections/:id", need("act"), async (ctx) => {
    const closing = readClosing(await readJsonBody(ctx.req));
    const found = findConnection(state, String(ctx.params.id));
    const { log } = found.module.runtime;
    await closeConnections([found], closing);
    const { code, reason } = closing;
    log.info(
      { ...describeCaller(ctx), connection: found.connection.id, code, reason },
      "admin closed a connection",
    );
    ctx.body = { closed: 1 };
  });
  router.delete("/connections", need("act"), async (ctx) => {
    const filter = readCloseQuery(new URLSearchParams(ctx.querystring));
    const closing = readClosing(await readJsonBody(ctx.req));
    const { log } = findModule(state, filter.module).runtime;
    const found = findConnections(state, filter);
    await closeConnections(found, closing);
    const { code, reason } = closing;
    const closed = found.length;
    log.info({ ...describeCaller(ctx), filter, closed, code, reason }, "admin closed connections");
    ctx.body = { closed };
  });
  router.post("/push", need("push"), async (ctx) => {
    const { module, to, event, send } = readPush(await readJsonBody(ctx.req));
    const { runtime } = findModule(state, module);
    const { delivered, gone } = send(runtime);
    runtime.log.info({ ...describeCaller(ctx), to, event, delivered, gone: gone.length }, "admin pushed");
    ctx.body = { delivered, gone };
  });
  return router;
}

/** Who sent the request, for the log. */
const describeCaller = (ctx: Context) => {
  const { name, address } = readCaller(ctx);
  return { by: name, from: address };
};

const callers = new WeakMap<Context, Caller>();

/** Called when a request was let in. */
export const keepCaller = (ctx: Context, caller: Caller): void => void callers.set(ctx, caller);

function readCaller(ctx: Context): Caller {
  const caller = callers.get(ctx);
  if (caller === undefined) throw new Error("The request was not let in.");
  return caller;
}

const need =
  (right: AdminRight): Middleware =>
  (ctx, next) => {
    const refusal = findRefusal(readCaller(ctx), right);
    if (refusal !== undefined) throw refusal;
    return next();
  };

/** @throws AdminError 404 for an unknown module */
function findModule({ modules }: ServerState, flag: string): AdminModule {
  const module = modules.find(({ runtime }) => runtime.flag === flag);
  if (module !== undefined) return module;
  const known = modules.map(({ runtime }) => runtime.flag).join(", ");
  throw new AdminError(404, "unknown_module", { message: `Unknown module. The modules are: ${known}.` });
}

const describeModule = ({ runtime, port, routes, commands }: AdminModule) => ({
  flag: runtime.flag,
  port,
  routes: routes.map(({ pattern }) => pattern),
  commands,
  mode: runtime.config.mode,
  /** True if the connections are in a connection manager. */
  storesConnections: runtime.registry.manager !== undefined,
  connections: runtime.registry.byId.size,
  rooms: runtime.registry.rooms().size,
  counters: { ...runtime.counters },
});

/** A connection and its module. */
interface FoundConnection {
  readonly module: AdminModule;
  readonly connection: Connection;
}

/** The shown members of a connection. Headers, query and `state` are hidden: they contain the clients' credentials. */
function describeConnection({ connection }: FoundConnection) {
  const { id, context, rooms = [], tags = [] } = connection;
  const { moduleFlag, route, params, remoteAddress, connectedAt, subprotocol } = context;
  return {
    id,
    module: moduleFlag,
    route,
    params,
    remoteAddress,
    connectedAt,
    subprotocol,
    rooms: [...rooms],
    tags: [...tags],
  };
}

/** @throws AdminError 404 if no connection of this process has the id */
function findConnection({ modules }: ServerState, id: string): FoundConnection {
  for (const module of modules) {
    const connection = module.runtime.registry.byId.get(id);
    if (connection !== undefined) return { module, connection };
  }
  throw new AdminError(404, "unknown_connection", { message: "Unknown connection." });
}

/** The matching connections of this process, unordered. @throws AdminError 404 for an unknown module */
function findConnections(state: ServerState, filter: AdminFilter): FoundConnection[] {
  const modules = filter.module === undefined ? state.modules : [findModule(state, filter.module)];
  return modules.flatMap((module) =>
    [...candidates(module, filter)]
      .filter((connection) => matches(connection, filter))
      .map((connection) => ({ module, connection })),
  );
}

/** Finds the connections of a room or a tag by look-up, without a scan. */
function candidates({ runtime }: AdminModule, { room, tag }: AdminFilter): Iterable<Connection> {
  if (room !== undefined) return runtime.registry.members("rooms", room) ?? [];
  if (tag !== undefined) return runtime.registry.members("tags", tag) ?? [];
  return runtime.registry.byId.values();
}

const matches = (connection: Connection, { tag, address }: AdminFilter): boolean =>
  (tag === undefined || connection.tags?.has(tag) === true) &&
  (address === undefined || connection.context.remoteAddress === address);

/** One page of them, the oldest first, and the total number. */
function listConnections(state: ServerState, query: AdminFilter & Page) {
  const { offset, limit } = query;
  const found = findConnections(state, query)
    .map((each) => ({ each, sinceMs: each.connection.context.connectedAt.getTime() }))
    .sort((one, other) => one.sinceMs - other.sinceMs || compareIds(one.each, other.each));
  const page = found.slice(offset, offset + limit);
  return {
    connections: page.map(({ each }) => describeConnection(each)),
    total: found.length,
    offset,
    limit,
  };
}

const compareIds = (one: FoundConnection, other: FoundConnection): number =>
  one.connection.id < other.connection.id ? -1 : 1;

/** Starts the closing handshake with connections of one module. Skips those that have ended. */
async function closeConnections(found: readonly FoundConnection[], closing: Closing): Promise<void> {
  const { code, reason, message } = closing;
  const [first] = found;
  if (first === undefined) return;
  const prepared =
    message === undefined ? undefined : new PreparedMessage(first.module.runtime.encodeMessage(message));
  await runInBatches(found, ({ connection }) => {
    if (prepared !== undefined) connection.transmitPrepared(prepared);
    connection.close(code, reason);
  });
}
