import { ConfigurationError } from "../config/configuration-error.js";
import type { AdminConfig } from "../config/module-types.js";
import { adminTokenRange, isAdminToken } from "../config/option-checks.js";
import { Secret } from "../config/secret.js";
import { type AdminModule, type AdminSubject, findModule } from "../operations/admin-module.js";
import type { AdminAddress } from "../operations/admin-server.js";
import { isLoopback, type OperationsServer } from "../operations/operations-server.js";
import type { CheckedModule } from "./check-modules.js";
import type { Listener } from "./listener.js";
import { reasonOf, StartError, titleOf } from "./start-error.js";

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
  subject: AdminSubject,
  opened: OperationsServer[],
): Promise<AdminAddress | undefined> {
  if (plan === undefined) return undefined;
  const { owner, host, port, token } = plan;
  const { log } = findModule(subject, owner.flag).runtime;
  // Loaded here, so that only programs which ask for it pay for it at their start.
  const { startAdmin } = await import("../operations/admin-server.js");
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
    throw new StartError(message, { cause });
  }
}
