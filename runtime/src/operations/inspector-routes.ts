import type { Context } from "koa";
import Router from "koa-router";
import { contain } from "../boundary.js";
import type { ModuleContract } from "../config/module-types.js";
import type { ModuleRuntime } from "../connection/module-runtime.js";
import { withTimeLimit } from "../dispatch/hooks.js";
import { isError } from "../errors.js";
import type { Inspector } from "../inspector/inspector.js";
import type { JsonLines } from "../inspector/json-lines.js";
import { isObject, propertyOf } from "../validation/json-value.js";
import { AdminError } from "./admin-error.js";
import { findConnection } from "./admin-find.js";
import { need } from "./admin-routes.js";
import type { ServerState } from "./operations-server.js";

/** What the page of the inspector reads in addition to the admin API. The responses end when their reader leaves. */
export function inspectorRoutes(inspector: Inspector, state: ServerState): Router {
  const router = new Router();
  router.get("/inspector/live", need("read"), (ctx) => {
    send(ctx, inspector.followLive());
  });
  router.get("/inspector/connections/:id/frames", need("read"), (ctx) => {
    const { connection } = findConnection(state, String(ctx.params.id));
    send(ctx, inspector.followFrames(connection));
  });
  router.get("/inspector/contract", need("read"), async (ctx) => {
    const loaded = state.modules.map(async ({ runtime }) => [runtime.flag, await loadContract(runtime)]);
    ctx.body = { modules: Object.fromEntries(await Promise.all(loaded)) };
  });
  return router;
}

const noCommands: ModuleContract = { commands: {} };
/** How long a contract may take to load. */
const loadSeconds = 5;

/** The contract that a module loads; one without commands if it has none, or if that fails. Never rejects. */
async function loadContract({ config, log }: ModuleRuntime): Promise<ModuleContract> {
  const { contract } = config;
  if (contract === undefined) return noCommands;
  return contain<ModuleContract>(
    { entry: "contract", log },
    async () => {
      const loaded: unknown = await withTimeLimit(Promise.resolve(contract()), loadSeconds);
      if (isError(loaded)) throw loaded;
      const value: unknown = propertyOf(loaded, "contract");
      // A value that no JSON holds must fail here, not in the answer.
      if (isObject(value) && isObject(value.commands)) return JSON.parse(JSON.stringify(value));
      throw new Error(
        "setContract: the function must resolve to an object with the member contract, which has the member commands.",
      );
    },
    () => noCommands,
  );
}

/** @throws AdminError 503 without lines */
function send(ctx: Context, lines: JsonLines | undefined): void {
  if (lines === undefined) {
    throw new AdminError(503, "too_many_readers", {
      message: "Too many inspectors look at this server. Close one.",
      headers: { "Retry-After": "10" },
    });
  }
  ctx.body = lines.stream;
  ctx.type = "application/x-ndjson";
  // The first line may take a while.
  ctx.flushHeaders();
}
