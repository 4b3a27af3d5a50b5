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

type Loggers = ReadonlyMap<CheckedModule, ModuleLogger>;

/** The admin API that the modules ask for: one for all of them. */
export interface AdminPlan {
  /** The first module that asks for it. */
  readonly owner: CheckedModule;
  readonly host: string;
  readonly port: number;
  readonly token: string;
}

/**
 * @throws ConfigurationError for a token that is missing or too short, StartError where two modules ask for different
 * things
 */
export function planAdmin(modules: readonly CheckedModule[]): AdminPlan | undefined {
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

function toPlan(owner: CheckedModule, { host, port, token, tokenEnv = "" }: AdminConfig): AdminPlan {
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
  { subject, loggers }: { readonly subject: ServerState; readonly loggers: Loggers },
  opened: OperationsServer[],
): Promise<AdminAddress | undefined> {
  const log = plan && loggers.get(plan.owner)?.logger;
  if (plan === undefined || log === undefined) return undefined;
  const { owner, host, port, token } = plan;
  // Loaded here, so that only programs which ask for it pay for it at their start.
  const { startAdmin } = await import("./admin-app.js");
  try {
    const server = await startAdmin({ host, port }, { subject, token, log });
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

interface ProfilingSetting {
  readonly loggers: Loggers;
  /** That of the admin API, where there is one: profiles ask for it beyond loopback, too. */
  readonly token: string | undefined;
}

/**
 * Opens the ports for profiles that modules ask for; a profile is the whole process's, so the same address is opened
 * once. Those that are open are added to `opened` one by one, for the caller to close if a later one fails.
 * @throws StartError naming the port, the module and the reason
 */
export async function openProfiling(
  modules: readonly CheckedModule[],
  { loggers, token }: ProfilingSetting,
  opened: OperationsServer[],
): Promise<void> {
  const addresses = new Set<string>();
  for (const module of modules) {
    const { flag, config } = module;
    const log = loggers.get(module)?.logger;
    if (config.pprof === undefined || log === undefined) continue;
    const { host, port } = config.pprof;
    const address = `${host}:${port}`;
    if (addresses.has(address)) continue;
    addresses.add(address);
    // Loaded here, so that only programs which ask for profiles pay for it at their start.
    const { startProfiling } = await import("./profiling.js");
    try {
      opened.push(await startProfiling(config.pprof, { log, token }));
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
