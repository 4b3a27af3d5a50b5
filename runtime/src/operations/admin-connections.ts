import type { LiveConnection } from "../push/live-connection.js";
import { AdminError } from "./admin-error.js";
import { type AdminModule, type AdminSubject, findModule } from "./admin-module.js";
import type { AdminFilter, Page } from "./admin-query.js";

/** A connection with its module. */
export interface FoundConnection {
  readonly module: AdminModule;
  readonly connection: LiveConnection;
}

/** What is shown of a connection. Headers, query and `state` are not: they hold what clients log in with. */
export function describeConnection({ connection }: FoundConnection) {
  const { id, context, rooms = [], tags = [] } = connection;
  const { moduleFlag, route, params, remoteAddress, connectedAt, subprotocol } = context;
  return {
    id,
    module: moduleFlag,
    route,
    params,
    remoteAddress,
    connectedAt,
    subprotocol,
    rooms: [...rooms],
    tags: [...tags],
  };
}

/** @throws AdminError 404 when no connection of this process has the id */
export function findConnection({ modules }: AdminSubject, id: string): FoundConnection {
  for (const module of modules) {
    const connection = module.runtime.index.byId.get(id);
    if (connection !== undefined) return { module, connection };
  }
  throw new AdminError(404, "unknown_connection", "There is no such connection.");
}

/** The connections of this process that match, in no order. @throws AdminError 404 for an unknown module */
export function findConnections(subject: AdminSubject, filter: AdminFilter): FoundConnection[] {
  const modules = filter.module === undefined ? subject.modules : [findModule(subject, filter.module)];
  return modules.flatMap((module) =>
    [...candidates(module, filter)]
      .filter((connection) => matches(connection, filter))
      .map((connection) => ({ module, connection })),
  );
}

/** A room or a tag is looked up, not searched for. */
function candidates({ runtime }: AdminModule, { room, tag }: AdminFilter): Iterable<LiveConnection> {
  if (room !== undefined) return runtime.index.inRoom(room) ?? [];
  if (tag !== undefined) return runtime.index.withTag(tag) ?? [];
  return runtime.index.byId.values();
}

const matches = (connection: LiveConnection, { tag, address }: AdminFilter): boolean =>
  (tag === undefined || connection.tags?.has(tag) === true) &&
  (address === undefined || connection.context.remoteAddress === address);

/** One page of them, the oldest first, and how many there are. */
export function listConnections(subject: AdminSubject, query: AdminFilter & Page) {
  const { offset, limit } = query;
  const found = findConnections(subject, query)
    .map((each) => ({ each, sinceMs: each.connection.context.connectedAt.getTime() }))
    .sort((one, other) => one.sinceMs - other.sinceMs || compareIds(one.each, other.each));
  const page = found.slice(offset, offset + limit);
  return {
    connections: page.map(({ each }) => describeConnection(each)),
    total: found.length,
    offset,
    limit,
  };
}

const compareIds = (one: FoundConnection, other: FoundConnection): number =>
  one.connection.id < other.connection.id ? -1 : 1;
