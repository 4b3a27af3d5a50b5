import type { Connection } from "../connection/connection.js";
import { AdminError, invalidRequest } from "./admin-error.js";
import { object, optional, type Read, text, wholeNumber } from "./admin-shape.js";
import type { AdminModule, ServerState } from "./operations-server.js";

/** The longest name of a room or a tag, and of an id. */
export const name = text(256);

const filterFields = {
  room: optional(name),
  tag: optional(name),
  address: optional(name),
};

/** Selects connections of one module, so that a mistake never reaches more. */
export const moduleFilter = object({ module: name, ...filterFields });

export const pageQuery = object({
  module: optional(name),
  ...filterFields,
  limit: optional(wholeNumber(1, 1_000)),
  cursor: optional(text(1_024)),
});

/** An absent field matches any. */
interface AdminFilter {
  readonly module?: string | undefined;
  readonly room?: string | undefined;
  readonly tag?: string | undefined;
  readonly address?: string | undefined;
}

/** A connection and its module. */
export interface FoundConnection {
  readonly module: AdminModule;
  readonly connection: Connection;
}

/** @throws AdminError 404 for an unknown module */
export function findModule({ modules }: ServerState, flag: string): AdminModule {
  const module = modules.find(({ runtime }) => runtime.flag === flag);
  if (module !== undefined) return module;
  const known = modules.map(({ runtime }) => runtime.flag).join(", ");
  throw new AdminError(404, "unknown_module", { message: `Unknown module. The modules are: ${known}.` });
}

/** @throws AdminError 404 if no connection of this process has the id */
export function findConnection({ modules }: ServerState, id: string): FoundConnection {
  for (const module of modules) {
    const connection = module.runtime.registry.byId.get(id);
    if (connection !== undefined) return { module, connection };
  }
  throw new AdminError(404, "unknown_connection", { message: "Unknown connection." });
}

/** The matching connections of a module, unordered. @throws AdminError 404 for an unknown module */
export function findConnections(state: ServerState, filter: Read<typeof moduleFilter>): FoundConnection[] {
  const module = findModule(state, filter.module);
  const { registry } = module.runtime;
  const candidates = findGroup(module, filter) ?? registry.byId.values();
  return [...candidates]
    .filter((connection) => matches(connection, filter))
    .map((connection) => ({ module, connection }));
}

/** The members of the smaller group that the filter names; undefined if it names none. */
function findGroup({ runtime: { registry } }: AdminModule, { room, tag }: AdminFilter) {
  const none: ReadonlySet<Connection> = new Set();
  const groups = [
    ...(room === undefined ? [] : [registry.members("rooms", room) ?? none]),
    ...(tag === undefined ? [] : [registry.members("tags", tag) ?? none]),
  ];
  return groups.sort((one, other) => one.size - other.size)[0];
}

const matches = (connection: Connection, { room, tag, address }: AdminFilter): boolean =>
  (room === undefined || connection.rooms?.has(room) === true) &&
  (tag === undefined || connection.tags?.has(tag) === true) &&
  (address === undefined || connection.context.remoteAddress === address);

const defaultLimit = 100;
/** Groups up to this size are sorted. Of larger ones, and with an address, the connections of the module are examined. */
const maxSorted = 1_000;
/** The most connections that one page examines, so that a page costs the same however many there are. */
const maxExamined = 10_000;

/** One page of connections. */
interface ConnectionPage {
  readonly found: readonly FoundConnection[];
  /** The cursor of the next page; undefined if this is the last. */
  readonly next: string | undefined;
  readonly total: number | undefined;
}

/**
 * One page: module by module, the oldest first. The cursor names the last connection that was examined, by its place in the
 * order of opening, so that connections that come and go move no other to another page.
 */
export function findPage(state: ServerState, query: Read<typeof pageQuery>): ConnectionPage {
  const { limit = defaultLimit, cursor } = query;
  const modules = query.module === undefined ? state.modules : [findModule(state, query.module)];
  const start = cursor === undefined ? undefined : readCursor(cursor, modules);
  const found: FoundConnection[] = [];
  const total = countCheaply(modules, query);
  let last: FoundConnection | undefined;
  let examined = 0;
  for (const module of modules.slice(start?.index ?? 0)) {
    const after = module === modules[start?.index ?? 0] ? (start?.serial ?? 0) : 0;
    for (const connection of candidatesAfter(module, query, after)) {
      if (last !== undefined && (found.length === limit || examined === maxExamined)) {
        return { found, next: writeCursor(last), total };
      }
      last = { module, connection };
      examined += 1;
      if (matches(connection, query)) found.push(last);
    }
  }
  return { found, next: undefined, total };
}

function candidatesAfter(module: AdminModule, filter: AdminFilter, serial: number): Iterable<Connection> {
  const group = findGroup(module, filter);
  if (group === undefined || group.size > maxSorted) return module.runtime.registry.openedAfter(serial);
  return [...group]
    .filter((connection) => connection.serial > serial)
    .sort((one, other) => one.serial - other.serial);
}

/** The number of matching connections, where it needs no count: it is the size of something. */
function countCheaply(modules: readonly AdminModule[], filter: AdminFilter): number | undefined {
  const { room, tag, address } = filter;
  if (address !== undefined || (room !== undefined && tag !== undefined)) return undefined;
  const sizes = modules.map((module) => (findGroup(module, filter) ?? module.runtime.registry.byId).size);
  return sizes.reduce((sum, size) => sum + size, 0);
}

const writeCursor = ({ module, connection }: FoundConnection): string =>
  Buffer.from(`${connection.serial}.${module.runtime.flag}`).toString("base64url");

/** @throws AdminError for a cursor that this API did not write, or that belongs to another query */
function readCursor(cursor: string, modules: readonly AdminModule[]): { index: number; serial: number } {
  const [, serial, flag] = /^(\d{1,15})\.(.*)$/s.exec(Buffer.from(cursor, "base64url").toString()) ?? [];
  const index = modules.findIndex(({ runtime }) => runtime.flag === flag);
  if (index !== -1) return { index, serial: Number(serial) };
  throw invalidRequest("cursor is not one that this query has answered. Begin without a cursor.");
}
