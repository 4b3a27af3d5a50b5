import { contain, isPromise, throwReturned } from "../boundary.js";
import type { ConnectionContext } from "../context.js";
import type { ModuleRuntime } from "./module-runtime.js";

/** Puts a connection into the module's manager. The promise never rejects; undefined: done, or there is no manager. */
export function storeConnection(
  { module, id }: { readonly module: ModuleRuntime; readonly id: string },
  context: ConnectionContext,
): Promise<void> | undefined {
  const storing = contain<void>(
    { entry: "connectionManager", log: module.log, connection: id },
    () => throwReturned(module.manager?.store(context)),
    () => undefined,
  );
  return isPromise(storing) ? storing : undefined;
}
