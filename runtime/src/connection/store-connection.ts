import type { ConnectionContext } from "../context.js";
import type { ModuleRuntime } from "./module-runtime.js";

/** Puts a connection into the module's manager. The promise never rejects; undefined: done, or there is no manager. */
export function storeConnection(
  module: ModuleRuntime,
  context: ConnectionContext,
): Promise<void> | undefined {
  const failed = (error: unknown) => context.log.error({ err: error }, "the connection could not be stored");
  try {
    return module.manager?.store(context)?.catch(failed);
  } catch (error) {
    failed(error);
    return undefined;
  }
}
