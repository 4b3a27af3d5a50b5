import { contain, isPromise, throwReturned } from "../boundary.js";
import type { ConnectionFilter, ConnectionManager, ManagedConnection } from "../config/stores.js";
import { withCode } from "../error-codes.js";
import type { Connection } from "./connection.js";
import type { LivenessClock } from "./heartbeat.js";

type Groups = Map<string, Set<Connection>>;

/** Called when an open connection enters or leaves a stream of events. */
export interface StreamWatcher {
  entered(connection: Connection, stream: string): void;
  left(connection: Connection, stream: string): void;
}

export interface RegistryOptions {
  readonly watcher: StreamWatcher;
  readonly clock: LivenessClock;
  /** Undefined: connections are not stored. */
  readonly manager?: ConnectionManager | undefined;
}

/** The open connections of one module: by id, by room, by tag. */
export class ConnectionRegistry {
  readonly byId = new Map<string, Connection>();
  /** The module's connection manager. */
  readonly manager: ConnectionManager | undefined;
  readonly #rooms: Groups = new Map();
  readonly #tags: Groups = new Map();
  readonly #watcher: StreamWatcher;
  readonly #clock: LivenessClock;
  /** Called with each added connection. */
  onAdd: ((connection: Connection) => void) | undefined;
  #onEmpty: (() => void)[] = [];

  constructor({ watcher, clock, manager }: RegistryOptions) {
    this.#watcher = watcher;
    this.#clock = clock;
    this.manager = manager;
    clock.watch(this.byId);
  }

  add(connection: Connection): void {
    this.byId.set(connection.id, connection);
    this.onAdd?.(connection);
    this.#clock.update();
  }

  /** Removes the connection from everything except the manager. Keeps its own list of rooms for `disconnect`. */
  remove(connection: Connection): void {
    this.byId.delete(connection.id);
    if (this.byId.size === 0) for (const callback of this.#onEmpty.splice(0)) callback();
    for (const room of connection.rooms ?? []) removeMember(this.#rooms, room, connection);
    for (const tag of connection.tags ?? []) removeMember(this.#tags, tag, connection);
    this.#clock.update();
  }

  /** Stores a connection in the manager. @returns undefined if it is already done, or if there is no manager */
  store({ id, context, module: { log } }: Connection): Promise<void> | undefined {
    const storing = contain<void>({ entry: "connectionManager", log, connection: id }, () =>
      throwReturned(this.manager?.store(context)),
    );
    return isPromise(storing) ? storing : undefined;
  }

  /** Resolves when there is no connection. */
  async empty(): Promise<void> {
    if (this.byId.size === 0) return;
    await new Promise<void>((resolve) => this.#onEmpty.push(resolve));
  }

  inRoom(room: string): ReadonlySet<Connection> | undefined {
    return this.#rooms.get(room);
  }

  withTag(tag: string): ReadonlySet<Connection> | undefined {
    return this.#tags.get(tag);
  }

  /** Room names and the numbers of their members. */
  rooms(): Map<string, number> {
    return new Map([...this.#rooms].map(([name, members]) => [name, members.size]));
  }

  join(connection: Connection, room: string): void {
    if (connection.isEnded) return;
    connection.rooms ??= new Set();
    if (connection.rooms.has(room)) return;
    checkRoom(connection, room);
    connection.rooms.add(room);
    addMember(this.#rooms, room, connection);
    this.#watcher.entered(connection, roomStream(room));
  }

  leave(connection: Connection, room: string): void {
    if (!connection.rooms?.delete(room)) return;
    removeMember(this.#rooms, room, connection);
    if (!connection.isEnded) this.#watcher.left(connection, roomStream(room));
  }

  tag(connection: Connection, tag: string): void {
    if (connection.isEnded) return;
    connection.tags ??= new Set();
    if (connection.tags.has(tag)) return;
    checkRoom(connection, tag);
    connection.tags.add(tag);
    addMember(this.#tags, tag, connection);
    this.#watcher.entered(connection, tagStream(tag));
  }

  untag(connection: Connection, tag: string): void {
    if (!connection.tags?.delete(tag)) return;
    removeMember(this.#tags, tag, connection);
    if (!connection.isEnded) this.#watcher.left(connection, tagStream(tag));
  }
}

/** Limits the names of one connection, because they may come from clients. */
const maxNames = 1_024;
const maxNameLength = 256;

/** @throws RangeError `name_too_long` or `too_many_names` */
function checkRoom({ rooms, tags }: Connection, name: string): void {
  if (name.length > maxNameLength) {
    const text = `The name of a room or a tag has ${name.length} characters; allowed: ${maxNameLength}.`;
    throw withCode("name_too_long", new RangeError(text));
  }
  if ((rooms?.size ?? 0) + (tags?.size ?? 0) >= maxNames) {
    const text = `The connection already has ${maxNames} rooms and tags, the maximum. Leave one first.`;
    throw withCode("too_many_names", new RangeError(text));
  }
}

function addMember(groups: Groups, name: string, connection: Connection): void {
  const members = groups.get(name);
  if (members === undefined) groups.set(name, new Set([connection]));
  else members.add(connection);
}

/** Deletes an empty group. Names may come from clients, so they must not accumulate. */
function removeMember(groups: Groups, name: string, connection: Connection): void {
  const members = groups.get(name);
  if (members?.delete(connection) && members.size === 0) groups.delete(name);
}

/** The stream of the pushes to a room. */
export const roomStream = (room: string): string => `room:${room}`;

/** The stream of the pushes to the connections that have a tag. */
export const tagStream = (tag: string): string => `tag:${tag}`;

/** The default manager: the connections of this process, in the order of opening. */
export class MemoryConnectionManager implements ConnectionManager {
  readonly #connections = new Map<string, ManagedConnection>();

  store(connection: ManagedConnection): void {
    this.#connections.set(connection.id, connection);
  }

  remove(id: string, message?: unknown): boolean {
    const connection = this.#connections.get(id);
    if (connection === undefined) return false;
    this.#connections.delete(id);
    if (message !== undefined) dismiss(connection, message);
    return true;
  }

  find(ids: readonly string[]): readonly ManagedConnection[] {
    return ids.map((id) => this.#connections.get(id)).filter((connection) => connection !== undefined);
  }

  list(filter: ConnectionFilter = {}): readonly ManagedConnection[] {
    const { offset = 0, limit = Number.POSITIVE_INFINITY } = filter;
    const matching = [...this.#connections.values()].filter((connection) => matches(connection, filter));
    return matching.slice(offset, offset + limit);
  }

  clear(message?: unknown): number {
    const connections = [...this.#connections.values()];
    this.#connections.clear();
    if (message !== undefined) {
      for (const connection of connections) dismiss(connection, message);
    }
    return connections.length;
  }
}

function matches(connection: ManagedConnection, filter: ConnectionFilter): boolean {
  const { moduleFlag, route, remoteAddress, room } = filter;
  return (
    (moduleFlag === undefined || connection.moduleFlag === moduleFlag) &&
    (route === undefined || connection.route === route) &&
    (remoteAddress === undefined || connection.remoteAddress === remoteAddress) &&
    (room === undefined || connection.rooms.has(room))
  );
}

function dismiss(connection: ManagedConnection, message: unknown): void {
  connection.send(message);
  connection.close();
}
