import type { ConnectionFilter, ConnectionManager, ManagedConnection } from "../config/stores.js";

/** The default: connections of this process, in the order in which they came. */
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
