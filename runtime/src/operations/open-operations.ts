import type { AdminConfig } from "../config/module-types.js";
import { adminTokenRange, isAdminToken } from "../config/option-checks.js";
import { Secret } from "../config/secret.js";
import { ConfigurationError, reasonOf, StartError, titleOf } from "../errors.js";
import type { ModuleLogger } from "../logging/logger.js";
import type { CheckedModule } from "../server/check-modules.js";
import type { AdminAddress } from "../server/running-serve.js";
import { isLoopback, type OperationsServer, type ServerState } from "./operations-server.js";

/** A checked module and its logger. */
export interface LoggedModule extends CheckedModule {
  readonly logger: ModuleLogger;
}

/** The admin API that the modules enable: one for all of them. */
export interface AdminPlan {
  /** The first module that enables it. */
  readonly owner: LoggedModule;
  readonly host: string;
  readonly port: number;
  readonly token: string;
}

/**
 * @throws ConfigurationError for a missing or invalid token, StartError if two modules set different values
 */
export function planAdmin(modules: readonly LoggedModule[]): AdminPlan | undefined {
  const [first, ...others] = modules.flatMap((module) => {
    const { admin } = module.config;
    return admin === undefined ? [] : [toPlan(module, admin)];
  });
  for (const other of others) {
    const isSame = (["host", "port", "token"] as const).every((name) => other[name] === first?.[name]);
    if (isSame) continue;
    throw new StartError(
      "port_conflict",
      `all modules share the admin API, so the modules "${first?.owner.flag}" and "${other.owner.flag}" must agree on admin.`,
    );
  }
  return first;
}

function toPlan(owner: LoggedModule, { host, port, token, tokenEnv = "" }: AdminConfig): AdminPlan {
  if (token !== undefined) return { owner, host, port, token: token.reveal() };
  const value = process.env[tokenEnv];
  if (value !== undefined && isAdminToken(value)) return { owner, host, port, token: value };
  const found = value === undefined ? "is not set" : `is ${new Secret(value).describe()}`;
  throw new ConfigurationError(
    `${titleOf(owner.flag)}: admin: the environment variable ${tokenEnv} ${found}; allowed: ${adminTokenRange}.`,
  );
}

/**
 * Opens the admin API, if it is enabled, and adds it to `opened`. The caller closes it.
 * @throws StartError that names the address, the module and the reason
 */
export async function openAdmin(
  plan: AdminPlan | undefined,
  state: ServerState,
  opened: OperationsServer[],
): Promise<AdminAddress | undefined> {
  if (plan === undefined) return undefined;
  const { owner, host, port, token } = plan;
  const log = owner.logger.logger;
  // Loaded here, so that programs without it start faster.
  const { startAdmin } = await import("./admin-app.js");
  try {
    const server = await startAdmin({ host, port }, { state, token, log });
    opened.push(server);
    log.info({ ...server.address }, "admin API listening");
    if (!isLoopback(server.address.host)) {
      log.warn({ ...server.address }, "the admin API is reachable from other machines, without TLS");
    }
    return server.address;
  } catch (cause) {
    const message = `${titleOf(owner.flag)}: cannot serve the admin API on ${host}:${port}: ${reasonOf(cause)}.`;
    throw new StartError("listen_failed", message, { cause });
  }
}

/**
 * Opens the ports for profiles. A profile shows the whole process, so the same address is opened once. `token` is that
 * of the admin API, if enabled; profiles require it outside loopback. Open servers are added to `opened` one by one, so
 * that the caller can close them if a later one fails.
 * @throws StartError that names the port, the module and the reason
 */
export async function openProfiling(
  modules: readonly LoggedModule[],
  token: string | undefined,
  opened: OperationsServer[],
): Promise<void> {
  const addresses = new Set<string>();
  for (const module of modules) {
    const { flag, config, logger } = module;
    if (config.pprof === undefined) continue;
    const { host, port } = config.pprof;
    const address = `${host}:${port}`;
    if (addresses.has(address)) continue;
    addresses.add(address);
    // Loaded here, so that programs without profiles start faster.
    const { startProfiling } = await import("./profiling.js");
    try {
      opened.push(await startProfiling(config.pprof, { log: logger.logger, token }));
    } catch (cause) {
      throw new StartError(
        "listen_failed",
        `${titleOf(flag)}: cannot serve profiles on ${address}: ${reasonOf(cause)}.`,
        {
          cause,
        },
      );
    }
  }
}
