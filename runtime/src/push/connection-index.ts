import type { LiveConnection } from "./live-connection.js";

type Groups = Map<string, Set<LiveConnection>>;

/** The live connections of one module: by id, by room, by tag. */
export class ConnectionIndex {
  readonly byId = new Map<string, LiveConnection>();
  readonly #rooms: Groups = new Map();
  readonly #tags: Groups = new Map();
  #onEmpty: (() => void) | undefined;

  add(connection: LiveConnection): void {
    this.byId.set(connection.id, connection);
  }

  /** Takes the connection out everywhere. Its own list of rooms stays, for `disconnect` to read. */
  remove(connection: LiveConnection): void {
    this.byId.delete(connection.id);
    if (this.byId.size === 0) this.#onEmpty?.();
    for (const room of connection.rooms ?? []) removeMember(this.#rooms, room, connection);
    for (const tag of connection.tags ?? []) removeMember(this.#tags, tag, connection);
  }

  /** Resolves once there is no connection. */
  async empty(): Promise<void> {
    if (this.byId.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
    });
  }

  inRoom(room: string): ReadonlySet<LiveConnection> | undefined {
    return this.#rooms.get(room);
  }

  withTag(tag: string): ReadonlySet<LiveConnection> | undefined {
    return this.#tags.get(tag);
  }

  /** Room names with the number of their members. */
  rooms(): Map<string, number> {
    return new Map([...this.#rooms].map(([name, members]) => [name, members.size]));
  }

  join(connection: LiveConnection, room: string): void {
    if (connection.isEnded) return;
    connection.rooms ??= new Set();
    connection.rooms.add(room);
    addMember(this.#rooms, room, connection);
  }

  leave(connection: LiveConnection, room: string): void {
    connection.rooms?.delete(room);
    removeMember(this.#rooms, room, connection);
  }

  tag(connection: LiveConnection, tag: string): void {
    if (connection.isEnded) return;
    connection.tags ??= new Set();
    connection.tags.add(tag);
    addMember(this.#tags, tag, connection);
  }

  untag(connection: LiveConnection, tag: string): void {
    connection.tags?.delete(tag);
    removeMember(this.#tags, tag, connection);
  }
}

function addMember(groups: Groups, name: string, connection: LiveConnection): void {
  const members = groups.get(name);
  if (members === undefined) groups.set(name, new Set([connection]));
  else members.add(connection);
}

/** An empty group is deleted: group names come from clients, so they must not pile up. */
function removeMember(groups: Groups, name: string, connection: LiveConnection): void {
  const members = groups.get(name);
  if (members?.delete(connection) && members.size === 0) groups.delete(name);
}
