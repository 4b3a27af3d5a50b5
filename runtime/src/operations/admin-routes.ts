import { createHash } from "node:crypto";
import type { Context } from "koa";
import Router from "koa-router";
import { contain } from "../boundary.js";
import type { Logger } from "../contract.js";
import { JsonLines } from "../inspector/json-lines.js";
import type { ModuleLogger } from "../logging/logger.js";
import { type Access, type Caller, findRefusal } from "./admin-access.js";
import { AuditLog } from "./admin-audit.js";
import { readJsonBody } from "./admin-body.js";
import { AdminError } from "./admin-error.js";
import { IdempotencyKeys, readIdempotencyKey } from "./admin-idempotency.js";
import type { Operation } from "./admin-operation.js";
import { createOperations } from "./admin-operations.js";
import type { ServerState } from "./operations-server.js";

/** The dependencies of the admin API. */
export interface AdminSetting {
  readonly state: ServerState;
  readonly access: Access;
  readonly logger: ModuleLogger;
  /** The page of `wsgen docs`, for the inspector; undefined: it is not served. */
  readonly docsFile?: string | undefined;
}

/** The probes of a supervisor. They need no token. */
export function probeRoutes({ readiness }: ServerState): Router {
  const router = new Router();
  router.get("/healthz", (ctx) => {
    ctx.body = { status: "alive" };
  });
  router.get("/readyz", async (ctx) => {
    const status = await readiness();
    ctx.status = status === "not_ready" ? 503 : 200;
    ctx.body = { status };
  });
  return router;
}

/** The routes that need access: one for each operation. */
export function adminRoutes({ state, logger: { logger: log, levels }, docsFile }: AdminSetting): Router {
  const router = new Router();
  const keys = new IdempotencyKeys();
  const audit = new AuditLog(log, levels);
  for (const operation of createOperations(state, audit, docsFile)) {
    router[operation.method](operation.path, async (ctx) => {
      const caller = readCaller(ctx);
      const record = new ActionRecord(operation, caller, audit);
      try {
        const refusal = findRefusal(caller, operation.right);
        if (refusal !== undefined) throw refusal;
        await serve(operation, { ctx, caller, record, keys, log });
        record.succeeded();
      } catch (error) {
        record.failed(error);
        throw error;
      }
    });
  }
  return router;
}

interface ServeOptions {
  readonly ctx: Context;
  readonly caller: Caller;
  readonly record: ActionRecord;
  readonly keys: IdempotencyKeys;
  readonly log: Logger;
}

async function serve(operation: Operation, options: ServeOptions): Promise<void> {
  const { ctx, caller, record, keys, log } = options;
  const { bytes, value } = operation.body === undefined ? emptyBody : await readJsonBody(ctx.req);
  const run = operation.prepare({
    id: String(ctx.params.id ?? ""),
    query: new URLSearchParams(ctx.querystring),
    body: value,
    caller,
    note: (details) => record.note(details),
    whenAnswered: (action) => runOnce(ctx, () => void contain<void>({ entry: "request", log }, action)),
  });
  const key = operation.right === "read" ? undefined : readIdempotencyKey(ctx.req.headers["idempotency-key"]);
  const request = { caller: caller.name, key: key ?? "", fingerprint: fingerprintOf(ctx, bytes) };
  const { answer, isRepeated } =
    key === undefined ? { answer: await run(), isRepeated: false } : await keys.once(request, run);
  if (isRepeated) {
    record.note({ repeated: true });
    ctx.set("Idempotency-Replayed", "true");
  }
  ctx.status = operation.status;
  if (!(answer instanceof JsonLines)) {
    ctx.body = answer;
    return;
  }
  ctx.body = answer.stream;
  ctx.type = "application/x-ndjson";
  // The first line may take a while.
  ctx.flushHeaders();
}

/** An answer behind another one on its connection may never be sent. */
const longestAnswerMs = 1_000;

function runOnce({ res }: Context, action: () => void): void {
  const run = () => {
    clearTimeout(timer);
    res.off("close", run);
    action();
  };
  const timer = setTimeout(run, longestAnswerMs);
  res.once("close", run);
}

const emptyBody = { bytes: Buffer.alloc(0), value: undefined };

const fingerprintOf = ({ method, url }: Context, body: Buffer): string =>
  createHash("sha256").update(`${method} ${url}\n`).update(body).digest("base64");

/** Writes to the audit log what a request did. A request that only reads is not in it. */
class ActionRecord {
  readonly #operation: Operation;
  readonly #caller: Caller;
  readonly #audit: AuditLog;
  readonly #notes: object[] = [];

  constructor(operation: Operation, caller: Caller, audit: AuditLog) {
    this.#operation = operation;
    this.#caller = caller;
    this.#audit = audit;
  }

  note(details: object): void {
    this.#notes.push(details);
  }

  succeeded(): void {
    for (const details of this.#notes) this.#add(details);
  }

  failed(error: unknown): void {
    const code = error instanceof AdminError ? error.code : "failed";
    this.#add({ ...this.#notes.at(-1), error: code });
  }

  #add(details: object): void {
    const { id, right } = this.#operation;
    if (right !== "read") this.#audit.add(this.#caller, id, details);
  }
}

const callers = new WeakMap<Context, Caller>();

/** Lets a request in or refuses it. @throws AdminError */
export function letIn(ctx: Context, access: Access): void {
  const caller = access(ctx.req);
  if (caller instanceof AdminError) throw caller;
  callers.set(ctx, caller);
}

function readCaller(ctx: Context): Caller {
  const caller = callers.get(ctx);
  if (caller === undefined) throw new Error("The request was not let in.");
  return caller;
}
