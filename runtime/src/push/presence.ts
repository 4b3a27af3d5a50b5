import { contain, takeSync } from "../boundary.js";
import type { PresenceRules } from "../config/presence-rules.js";
import type { Connection } from "../connection/connection.js";
import type { ModuleRuntime } from "../connection/module-runtime.js";
import type { ConnectionRegistry, RoomWatcher } from "../connection/registry.js";
import type { Logger, RoomMember } from "../contract.js";
import type { ClusterPush } from "./audience.js";

/** What a presence needs of its module. */
interface PresenceOptions extends Pick<ModuleRuntime, "flag" | "observers" | "prepareEvent"> {
  readonly cluster: Pick<ClusterPush, "announce"> | undefined;
  readonly rules: PresenceRules;
  readonly registry: ConnectionRegistry;
  readonly log: Logger;
}

/** The members of a room whose `connect` has finished. `read` returns the public state; a connection without one is left out. */
export function listMembers(registry: ConnectionRegistry, room: string, read: ReadState): RoomMember[] {
  // A copy, because `read` calls the user's code, which may change the room.
  const found = [...(registry.members("rooms", room) ?? [])];
  return found.flatMap((connection) => {
    const state = registry.byId.has(connection.id) ? read(connection) : undefined;
    return state === undefined ? [] : [{ id: connection.id, state: state.value }];
  });
}

/** Reads the public state of a connection; undefined leaves it out of the members of a room. */
export type ReadState = (connection: Connection) => PublicState | undefined;

interface PublicState {
  readonly value: unknown;
}

/** Tells the members of a room which connections enter and leave it, by the rules of `setPresence`. */
export class Presence implements RoomWatcher {
  readonly #options: PresenceOptions;

  constructor(options: PresenceOptions) {
    this.#options = options;
  }

  entered(connection: Connection, rooms: Iterable<string>): void {
    this.#announce(this.#options.rules.join, connection, rooms);
  }

  left(connection: Connection, rooms: Iterable<string>): void {
    this.#announce(this.#options.rules.leave, connection, rooms);
  }

  /** Undefined if the user's function fails; the log has the reason. */
  readonly read = ({ id, context }: Connection): PublicState | undefined => {
    const { rules, log } = this.#options;
    return contain<PublicState | undefined>({ entry: "publicState", log, connection: id }, () => ({
      value: takeSync(rules.state(context), "The function of the public state"),
    })) as PublicState | undefined;
  };

  leftElsewhere(id: string, rooms: Iterable<string>, state: unknown): void {
    const { leave } = this.#options.rules;
    if (leave !== undefined) for (const room of rooms) this.#tell(leave, { room, id, state }, undefined);
  }

  /** Sends an event to the other members of the rooms. The state is read once, and only if there is another member. */
  #announce(event: string | undefined, connection: Connection, rooms: Iterable<string>): void {
    if (event === undefined) return;
    const shared = [...rooms].filter((room) => this.#hasOthers(connection, room));
    const state = shared.length === 0 ? undefined : this.read(connection);
    if (state === undefined) return;
    const { id } = connection;
    for (const room of shared) this.#tell(event, { room, id, state: state.value }, connection);
  }

  /** @param excluded the member that it is about */
  #tell(
    event: string,
    data: { readonly room: string; readonly id: string; readonly state: unknown },
    excluded: Connection | undefined,
  ): void {
    const { room, id } = data;
    const { cluster, flag, log, observers, prepareEvent } = this.#options;
    const watch = observers.isActive
      ? observers.watch((observer) => observer.pushBegan?.({ flag, event }))
      : undefined;
    let receivers = 0;
    contain({ entry: "encodeEvent", log, connection: id }, () => {
      const { traceparent } = watch ?? {};
      cluster?.announce({ event, data, room, traceparent }, id);
      const message = prepareEvent(event, data, { traceparent });
      if (message === undefined) return;
      for (const other of this.#listOthers(excluded, room)) {
        if (other.transmitPrepared(message)) receivers += 1;
      }
    });
    watch?.ended({ receivers });
  }

  /** Of other processes it is not known. */
  #hasOthers(connection: Connection, room: string): boolean {
    if (this.#options.cluster !== undefined) return true;
    const members = this.#options.registry.members("rooms", room);
    return members !== undefined && members.size > (members.has(connection) ? 1 : 0);
  }

  #listOthers(connection: Connection | undefined, room: string): Connection[] {
    const members = this.#options.registry.members("rooms", room) ?? [];
    return [...members].filter((member) => member !== connection);
  }
}
