import type { Observers } from "../../connection/observers.js";
import { titleOf } from "../../errors.js";
import { importPackage, scope } from "../import-package.js";
import type { LoggedModule } from "../open-operations.js";
import type { OperationsServer } from "../operations-server.js";

/**
 * Begins to write spans if a module enables it: for all modules of the process.
 * @throws ConfigurationError `missing_package`
 */
export async function openTraces(
  modules: readonly LoggedModule[],
  observers: Observers,
  opened: OperationsServer[],
): Promise<void> {
  const owner = modules.find(({ config }) => config.traces);
  if (owner === undefined) return;
  const where = { title: titleOf(owner.flag), option: "traces", install: "@opentelemetry/api" };
  // Loaded here, so that programs without traces start faster and need no package.
  const api = await importPackage(() => import("@opentelemetry/api"), where);
  const { observeTraces } = await import("./observe-traces.js");
  const remove = observers.add(observeTraces(api, api.trace.getTracer(scope.name, scope.version)));
  opened.push({ close: async () => remove() });
}
