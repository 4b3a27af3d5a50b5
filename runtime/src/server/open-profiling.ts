import type { ModuleLogger } from "../logging/logger.js";
import type { OperationsServer } from "../operations/operations-server.js";
import type { CheckedModule } from "./check-modules.js";
import { reasonOf, StartError, titleOf } from "./start-error.js";

interface ProfilingSetting {
  readonly loggers: ReadonlyMap<CheckedModule, ModuleLogger>;
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
    const { startProfiling } = await import("../operations/profiling.js");
    try {
      opened.push(await startProfiling(config.pprof, { log, token }));
    } catch (cause) {
      throw new StartError(`${titleOf(flag)}: cannot serve profiles on ${address}: ${reasonOf(cause)}.`, {
        cause,
      });
    }
  }
}
