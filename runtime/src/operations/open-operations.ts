import { resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { AdminConfig, AdminRight, AdminTokenConfig } from "../config/module-types.js";
import { adminTokenRange, isAdminToken } from "../config/option-checks.js";
import { Secret } from "../config/secret.js";
import { ConfigurationError, Mode, reasonOf, StartError, titleOf } from "../errors.js";
import type { ModuleLogger } from "../logging/logger.js";
import type { CheckedModule } from "../server/check-modules.js";
import type { AdminAddress } from "../server/running-serve.js";
import { type NamedToken, tokenAccess } from "./admin-access.js";
import {
  inspectorRequest,
  isLoopback,
  type OperationsServer,
  type ServerState,
} from "./operations-server.js";

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
  readonly tokens: readonly NamedToken[];
}

/**
 * @throws ConfigurationError for a token that is missing, not valid or given twice, StartError if two modules set different
 * values
 */
export function planAdmin(modules: readonly LoggedModule[]): AdminPlan | undefined {
  const plans = modules.flatMap((module) => {
    const { admin } = module.config;
    return admin === undefined ? [] : [toPlan(module, admin)];
  });
  return takeShared(plans, { option: "admin", shared: "the admin API" });
}

/**
 * The plan of everything that the modules of a process share: that of the first module that enables it.
 * @throws StartError if two modules set different values
 */
export function takeShared<Plan extends { readonly owner: LoggedModule }>(
  plans: readonly Plan[],
  { option, shared }: { readonly option: string; readonly shared: string },
): Plan | undefined {
  const [first, ...others] = plans;
  const other = others.find((plan) => !isDeepStrictEqual({ ...plan, owner: first?.owner }, first));
  if (other === undefined) return first;
  throw new StartError(
    "port_conflict",
    `all modules share ${shared}, so the modules "${first?.owner.flag}" and "${other.owner.flag}" must agree on ${option}.`,
  );
}

/** The rights of a token without a list of them. */
const allRights: readonly AdminRight[] = ["read", "push", "act"];

function toPlan(owner: LoggedModule, { host, port, token, tokenEnv, tokens }: AdminConfig): AdminPlan {
  const single: AdminTokenConfig = { name: "admin", rights: allRights, token, env: tokenEnv };
  const named = (tokens ?? [single]).map((each) => ({
    name: each.name,
    rights: each.rights,
    token: readToken(owner, each),
  }));
  const problem = findProblem(named);
  if (problem !== undefined) throw new ConfigurationError(`${titleOf(owner.flag)}: admin: ${problem}`);
  return { owner, host, port, tokens: named };
}

function readToken(owner: LoggedModule, { token, env = "" }: AdminTokenConfig): string {
  if (token !== undefined) return token.reveal();
  const value = process.env[env];
  if (value !== undefined && isAdminToken(value)) return value;
  const found = value === undefined ? "is not set" : `is ${new Secret(value).describe()}`;
  throw new ConfigurationError(
    `${titleOf(owner.flag)}: admin: the environment variable ${env} ${found}; allowed: ${adminTokenRange}.`,
  );
}

/** Names and tokens are different, so that the audit log is right about who did something. */
function findProblem(tokens: readonly NamedToken[]): string | undefined {
  if (tokens.length === 0) return "tokens is empty. Add a token, or remove admin.";
  for (const [index, { name, token }] of tokens.entries()) {
    const earlier = tokens.slice(0, index);
    if (earlier.some((each) => each.name === name)) return `two tokens are named ${JSON.stringify(name)}.`;
    const same = earlier.find((each) => each.token === token);
    if (same !== undefined)
      return `the tokens ${JSON.stringify(same.name)} and ${JSON.stringify(name)} are the same.`;
  }
  return undefined;
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
  const { owner, host, port, tokens } = plan;
  const { logger } = owner;
  const log = logger.logger;
  // Loaded here, so that programs without it start faster.
  const { startAdmin } = await import("./admin-app.js");
  try {
    const access = tokenAccess(tokens, log);
    const server = await startAdmin({ host, port }, { state, access, logger });
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

/** Where the inspector listens in debug mode, if the port is free. */
const inspectorAddress = { host: "127.0.0.1", port: 14_099 };

/** Where `wsgen docs` writes its page, below the folder of a project. */
const docsPath = "contract-docs/index.html";

/**
 * Opens the inspector on loopback, without a token, if a module is in debug mode and `wsgen-runtime/inspector` was imported.
 * Never throws: a server that is being written must not fail for it.
 */
export async function openInspector(
  modules: readonly LoggedModule[],
  state: ServerState,
  opened: OperationsServer[],
): Promise<AdminAddress | undefined> {
  const owner = modules.find(({ config }) => config.mode === Mode.debug);
  if (!inspectorRequest.isMade || owner === undefined) return undefined;
  const { logger } = owner;
  const log = logger.logger;
  const { startAdmin } = await import("./admin-app.js");
  const { localAccess } = await import("./admin-host.js");
  const open = (port: number) =>
    startAdmin(
      { ...inspectorAddress, port },
      { state, access: localAccess, logger, docsFile: resolve(docsPath) },
    );
  try {
    const server = await open(inspectorAddress.port).catch(() => open(0));
    opened.push(server);
    const { host, port } = server.address;
    log.info({ url: `http://${host}:${port}/inspector/` }, "inspector");
    return server.address;
  } catch (err) {
    log.warn({ err }, "the inspector could not be opened");
    return undefined;
  }
}

/**
 * Opens the ports for profiles. A profile shows the whole process, so the same address is opened once. `tokens` are those of
 * the admin API, if enabled; profiles require one with the right `act` outside loopback. Open servers are added to `opened`
 * one by one, so that the caller can close them if a later one fails.
 * @throws StartError that names the port, the module and the reason
 */
export async function openProfiling(
  modules: readonly LoggedModule[],
  tokens: readonly NamedToken[] | undefined,
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
      const log = logger.logger;
      const access = tokens && tokenAccess(tokens, log);
      opened.push(await startProfiling(config.pprof, { log, access }));
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
