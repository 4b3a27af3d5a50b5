import type { ConnectionManager } from "../connection/connection-manager.js";
import type { ModuleCounters } from "../connection/counters.js";
import type { ModuleRuntime } from "../connection/module-runtime.js";
import type { Audience, ModulePush } from "../contract.js";
import { baseOf } from "./route.js";

/** A module that is being served: push to its clients, and what is known of them. */
export interface ServedModule extends ModulePush {
  readonly flag: string;
  /** The port on which it can be reached. */
  readonly port: number;
  /** The path that its routes begin with: `/<flag>`, or what `setBasePath` says. */
  readonly basePath: string;
  /** Who keeps its connections; undefined after `disableStoreConnection()`. */
  readonly connections: ConnectionManager | undefined;
  /** What happened since the start, and how many connections there are now. */
  stats(): ModuleStats;
}

export interface ModuleStats extends Readonly<ModuleCounters> {
  readonly connections: number;
  /** The rooms that have members, with their number. */
  readonly rooms: ReadonlyMap<string, number>;
}

export function serveModule(runtime: ModuleRuntime, port: number): ServedModule {
  const { flag, push, manager, counters, index } = runtime;
  return {
    flag,
    port,
    basePath: `/${baseOf(runtime).join("/")}`,
    connections: manager,
    all: push.all,
    to: (...ids: string[]): Audience => push.to(...ids),
    room: (name: string): Audience => push.room(name),
    tagged: (tag: string): Audience => push.tagged(tag),
    stats: () => ({ ...counters, connections: index.byId.size, rooms: index.rooms() }),
  };
}
