import { contain, isPromise, throwReturned } from "../boundary.js";
import type { ConnectionFilter, ConnectionManager, ManagedConnection } from "../config/stores.js";
import { withCode } from "../error-codes.js";
import type { Connection } from "./connection.js";
import type { LivenessClock } from "./heartbeat.js";
import { OpeningOrder } from "./opening-order.js";

/** The groups of connections: the members of a room, the connections with a tag. */
export type GroupKind = "rooms" | "tags";

/** Called when an open connection enters or leaves a stream of events. */
export interface StreamWatcher {
  entered(connection: Connection, stream: string): void;
  left(connection: Connection, stream: string): void;
}

/** Called when a connection whose `connect` has finished enters rooms, and when it leaves them or ends. */
export interface RoomWatcher {
  entered(connection: Connection, rooms: Iterable<string>): void;
  left(connection: Connection, rooms: Iterable<string>): void;
  /** Called when a connection of another process has ended with it. */
  leftElsewhere(id: string, rooms: Iterable<string>, state: unknown): void;
}

/** Called when a stream of events gets its first connection, and when it has lost its last one. */
export interface GroupWatcher {
  filled(stream: string): void;
  emptied(stream: string): void;
  /** Resolves when the pushes of all processes reach the stream. Never rejects. */
  reached(stream: string): Promise<void>;
  /** Called when a connection has opened or ended, and when its groups have changed. */
  changed(connection: Connection): void;
}

/** The open connections of one module: by id, by room, by tag. */
export class ConnectionRegistry {
  readonly byId = new Map<string, Connection>();
  /** Undefined: connections are not stored. */
  readonly manager: ConnectionManager | undefined;
  readonly #groups: Readonly<Record<GroupKind, Map<string, Set<Connection>>>> = {
    rooms: new Map(),
    tags: new Map(),
  };
  readonly #watcher: StreamWatcher;
  readonly #clock: LivenessClock;
  /** Undefined without `setPresence`, and from the beginning of the shutdown. */
  presence: RoomWatcher | undefined;
  /** Undefined without a cluster. */
  groups: GroupWatcher | undefined;
  /** Called with each added connection. */
  onAdd: ((connection: Connection) => void) | undefined;
  /** The most connections that were added within one second. */
  mostInOneSecond = 0;
  #second = 0;
  #lastSerial = 0;
  /** Undefined until connections are listed. */
  #order: OpeningOrder | undefined;
  #addedInSecond = 0;
  #onEmpty: (() => void)[] = [];

  constructor({
    watcher,
    clock,
    manager,
  }: { watcher: StreamWatcher; clock: LivenessClock; manager?: ConnectionManager | undefined }) {
    this.#watcher = watcher;
    this.#clock = clock;
    this.manager = manager;
    clock.watch(this.byId);
  }

  add(connection: Connection): void {
    this.#lastSerial += 1;
    connection.serial = this.#lastSerial;
    this.byId.set(connection.id, connection);
    this.#order?.add(connection);
    this.onAdd?.(connection);
    this.#clock.update();
    const second = Math.trunc(performance.now() / 1_000);
    this.#addedInSecond = second === this.#second ? this.#addedInSecond + 1 : 1;
    this.#second = second;
    if (this.#addedInSecond > this.mostInOneSecond) this.mostInOneSecond = this.#addedInSecond;
  }

  /** Called when the messages of `connect` are sent: the connection is in the rooms of `connect` for the others, too. */
  announce(connection: Connection): void {
    this.groups?.changed(connection);
    if (connection.rooms !== undefined) this.presence?.entered(connection, connection.rooms);
  }

  /** Removes the connection from everything except the manager. Keeps its own list of rooms for `disconnect`. */
  remove(connection: Connection): void {
    const wasOpen = this.byId.delete(connection.id);
    if (wasOpen) this.#order?.remove(connection);
    if (this.byId.size === 0) for (const callback of this.#onEmpty.splice(0)) callback();
    for (const room of connection.rooms ?? []) this.#removeMember(connection, "rooms", room);
    for (const tag of connection.tags ?? []) this.#removeMember(connection, "tags", tag);
    this.#clock.update();
    if (wasOpen) this.groups?.changed(connection);
    if (wasOpen && connection.rooms !== undefined) this.presence?.left(connection, connection.rooms);
  }

  /** Stores a connection in the manager. @returns undefined if it is already done, or if there is no manager */
  store({ id, context, module: { log } }: Connection): Promise<void> | undefined {
    const storing = contain<void>({ entry: "connectionManager", log, connection: id }, () =>
      throwReturned(this.manager?.store(context)),
    );
    return isPromise(storing) ? storing : undefined;
  }

  /** Resolves when the last connection is removed. */
  async empty(): Promise<void> {
    if (this.byId.size === 0) return;
    await new Promise<void>((resolve) => this.#onEmpty.push(resolve));
  }

  /** The open connections whose `serial` is greater, the oldest first. Read them at once. */
  openedAfter(serial: number): Iterable<Connection> {
    this.#order ??= new OpeningOrder(this.byId.values());
    return this.#order.after(serial);
  }

  /** Undefined if the room or the tag has no connection. */
  members(kind: GroupKind, name: string): ReadonlySet<Connection> | undefined {
    return this.#groups[kind].get(name);
  }

  /** Room names and the numbers of their members. */
  rooms(): Map<string, number> {
    return new Map([...this.#groups.rooms].map(([name, members]) => [name, members.size]));
  }

  /** Puts a connection into a room, or gives it a tag. @throws the errors of `checkName` */
  enter(connection: Connection, kind: GroupKind, name: string): void {
    if (connection.isEnded) return;
    connection[kind] ??= new Set();
    if (connection[kind].has(name)) return;
    checkName(connection, name);
    connection[kind].add(name);
    const members = this.#groups[kind].get(name);
    const stream = nameStream(kind, name);
    if (members === undefined) {
      this.#groups[kind].set(name, new Set([connection]));
      this.groups?.filled(stream);
    } else members.add(connection);
    this.#watcher.entered(connection, stream);
    if (!this.byId.has(connection.id)) return;
    this.groups?.changed(connection);
    if (kind === "rooms") this.presence?.entered(connection, [name]);
  }

  /** Undefined without a cluster; otherwise resolves when the pushes of all processes reach the connection's groups. */
  whenReached({ rooms = new Set(), tags = new Set() }: Connection): Promise<unknown> | undefined {
    const { groups } = this;
    const streams = [
      ...[...rooms].map((room) => nameStream("rooms", room)),
      ...[...tags].map((tag) => nameStream("tags", tag)),
    ];
    return groups && Promise.all(streams.map((stream) => groups.reached(stream)));
  }

  leave(connection: Connection, kind: GroupKind, name: string): void {
    if (!connection[kind]?.delete(name)) return;
    this.#removeMember(connection, kind, name);
    if (!connection.isEnded) this.#watcher.left(connection, nameStream(kind, name));
    if (!this.byId.has(connection.id)) return;
    this.groups?.changed(connection);
    if (kind === "rooms") this.presence?.left(connection, [name]);
  }

  /** Deletes an empty group. Names may come from clients, so they must not accumulate. */
  #removeMember(connection: Connection, kind: GroupKind, name: string): void {
    const members = this.#groups[kind].get(name);
    if (!members?.delete(connection) || members.size > 0) return;
    this.#groups[kind].delete(name);
    this.groups?.emptied(nameStream(kind, name));
  }
}

/** Limits the names of one connection, because they may come from clients. */
export const maxNames = 1_024;
const maxNameLength = 256;

/** @throws TypeError `invalid_name`, RangeError `name_too_long` or `too_many_names` */
function checkName({ rooms, tags }: Connection, name: string): void {
  // A name may be a field of a message that no schema checks.
  if (typeof name !== "string") {
    const text = `The name of a room or a tag has the type ${typeof name}; expected a string.`;
    throw withCode("invalid_name", new TypeError(text));
  }
  if (name.length > maxNameLength) {
    const text = `The name of a room or a tag has ${name.length} characters; allowed: ${maxNameLength}.`;
    throw withCode("name_too_long", new RangeError(text));
  }
  if ((rooms?.size ?? 0) + (tags?.size ?? 0) >= maxNames) {
    const text = `The connection already has ${maxNames} rooms and tags, the maximum. Leave one first.`;
    throw withCode("too_many_names", new RangeError(text));
  }
}

/** The name of the stream of the pushes to a room, or to the connections with a tag. */
export const nameStream = (kind: GroupKind, name: string): string =>
  `${kind === "rooms" ? "room" : "tag"}:${name}`;

const kinds: Readonly<Record<string, GroupKind>> = { room: "rooms", tag: "tags" };

/** The connections of a stream. */
export function listReceivers(
  registry: ConnectionRegistry,
  stream: string | undefined,
): Iterable<Connection> {
  if (stream === undefined) return registry.byId.values();
  const end = stream.indexOf(":");
  return registry.members(kinds[stream.slice(0, end)] ?? "rooms", stream.slice(end + 1)) ?? [];
}

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
