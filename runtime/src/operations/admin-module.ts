import type { ModuleRuntime } from "../connection/module-runtime.js";
import { AdminError } from "./admin-error.js";

/** A module as the admin API shows and reaches it. */
export interface AdminModule {
  readonly runtime: ModuleRuntime;
  /** The port on which it can be reached. */
  readonly port: number;
  readonly routes: readonly string[];
  readonly commands: readonly string[];
}

/** What the admin API is about. */
export interface AdminSubject {
  readonly modules: readonly AdminModule[];
  /** False before the start is done and as soon as the process shuts down. */
  isReady(): boolean;
}

/** @throws AdminError 404 when there is no such module */
export function findModule({ modules }: AdminSubject, flag: string): AdminModule {
  const module = modules.find(({ runtime }) => runtime.flag === flag);
  if (module !== undefined) return module;
  const known = modules.map(({ runtime }) => runtime.flag).join(", ");
  throw new AdminError(404, "unknown_module", `There is no such module; there are: ${known}.`);
}

export const describeModule = ({ runtime, port, routes, commands }: AdminModule) => ({
  flag: runtime.flag,
  port,
  routes,
  commands,
  mode: runtime.config.mode,
  /** Are the connections in a connection manager? */
  storesConnections: runtime.manager !== undefined,
  connections: runtime.index.byId.size,
  rooms: runtime.index.rooms().size,
  counters: { ...runtime.counters },
});
