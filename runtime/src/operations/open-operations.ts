import type { AdminConfig } from "../config/module-types.js";
import { adminTokenRange, isAdminToken } from "../config/option-checks.js";
import { Secret } from "../config/secret.js";
import { ConfigurationError, reasonOf, StartError, titleOf } from "../errors.js";
import type { ModuleLogger } from "../logging/logger.js";
import type { CheckedModule } from "../server/check-modules.js";
import type { Listener } from "../server/listener.js";
import type { AdminAddress } from "../server/running-serve.js";
import type { AdminModule, ServerState } from "./admin-routes.js";
import { isLoopback, type OperationsServer } from "./operations-server.js";

/** A checked module with its logger. */
export interface LoggedModule extends CheckedModule {
  readonly logger: ModuleLogger;
}

/** The admin API that the modules ask for: one for all of them. */
export interface AdminPlan {
  /** The first module that asks for it. */
  readonly owner: LoggedModule;
  readonly host: string;
  readonly port: number;
  readonly token: string;
}

/**
 * @throws ConfigurationError for a token that is missing or too short, StartError where two modules ask for different
 * things
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
      `the admin API is one for all modules, so the modules "${first?.owner.flag}" and "${other.owner.flag}" must agree on admin.`,
    );
  }
  return first;
}

function toPlan(owner: LoggedModule, { host, port, token, tokenEnv = "" }: AdminConfig): AdminPlan {
  if (token !== undefined) return { owner, host, port, token: token.reveal() };
  const value = process.env[tokenEnv];
  if (value !== undefined && isAdminToken(value)) return { owner, host, port, token: value };
  const found = value === undefined ? "is not set" : `holds ${new Secret(value).describe()}`;
  throw new ConfigurationError(
    `${titleOf(owner.flag)}: admin: the environment variable ${tokenEnv} ${found}; allowed as the token: ${adminTokenRange}.`,
  );
}

/** What the admin API shows of the modules behind the open listeners. */
export const adminModules = (
  checked: readonly CheckedModule[],
  listeners: readonly Listener[],
): readonly AdminModule[] =>
  listeners.flatMap(({ modules, address }) =>
    modules.map(({ runtime, routes }) => ({
      runtime,
      port: address.port,
      routes: routes.map(({ pattern }) => pattern),
      commands: [...(checked.find(({ flag }) => flag === runtime.flag)?.commands.keys() ?? [])],
    })),
  );

/**
 * Opens the admin API, if it is asked for, and adds it to `opened`, for the caller to close.
 * @throws StartError naming the address, the module and the reason
 */
export async function openAdmin(
  plan: AdminPlan | undefined,
  state: ServerState,
  opened: OperationsServer[],
): Promise<AdminAddress | undefined> {
  if (plan === undefined) return undefined;
  const { owner, host, port, token } = plan;
  const log = owner.logger.logger;
  // Loaded here, so that only programs which ask for it pay for it at their start.
  const { startAdmin } = await import("./admin-app.js");
  try {
    const server = await startAdmin({ host, port }, { state, token, log });
    opened.push(server);
    log.info({ ...server.address }, "admin API listening");
    if (!isLoopback(server.address.host)) {
      log.warn({ ...server.address }, "the admin API listens beyond this machine, without TLS");
    }
    return server.address;
  } catch (cause) {
    const message = `${titleOf(owner.flag)}: cannot serve the admin API on ${host}:${port}: ${reasonOf(cause)}.`;
    throw new StartError("listen_failed", message, { cause });
  }
}

/**
 * Opens the ports for profiles that modules ask for; a profile is the whole process's, so the same address is opened
 * once. `token` is that of the admin API, if there is one: profiles ask for it beyond loopback. Those that are open are
 * added to `opened` one by one, for the caller to close if a later one fails.
 * @throws StartError naming the port, the module and the reason
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
    // Loaded here, so that only programs which ask for profiles pay for it at their start.
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
