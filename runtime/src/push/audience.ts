import type { Connection } from "../connection/connection.js";
import { PreparedMessage } from "../connection/frame.js";
import type { ModuleRuntime, StreamOrigin } from "../connection/module-runtime.js";
import { type ConnectionRegistry, type GroupKind, nameStream } from "../connection/registry.js";
import type {
  Audience,
  ModulePush,
  PushResult,
  Room,
  RoomMember,
  SendOptions,
  ServerModules,
} from "../contract.js";
import { listMembers } from "./presence.js";

type ReadState = Parameters<typeof listMembers>[2];

/** Finds the receivers when a message is sent. Adds requested ids that are not connected to `gone`. */
type FindReceivers = (gone: string[]) => Iterable<Connection>;

/** Encodes the messages of an audience. */
type MessageEncoder = Pick<ModuleRuntime, "flag" | "observers" | "encodeMessage" | "prepareEvent">;

/** The source of the receivers. */
interface ReceiverSource {
  readonly find: FindReceivers;
  /** The stream of the receivers; undefined if they are selected by id. */
  readonly origin: StreamOrigin | undefined;
}

/** The receivers of a push among the connections of one module. */
class ModuleAudience implements Audience {
  readonly #source: ReceiverSource;
  readonly #encoder: MessageEncoder;
  readonly #excluded: ReadonlySet<string>;

  constructor(source: ReceiverSource, encoder: MessageEncoder, excluded: ReadonlySet<string> = new Set()) {
    this.#source = source;
    this.#encoder = encoder;
    this.#excluded = excluded;
  }

  except(...connections: readonly (string | { readonly id: string })[]): Audience {
    const ids = connections.map((connection) =>
      typeof connection === "string" ? connection : connection.id,
    );
    return new ModuleAudience(this.#source, this.#encoder, new Set([...this.#excluded, ...ids]));
  }

  send(message: unknown, options?: SendOptions): PushResult {
    return this.#push(undefined, () => new PreparedMessage(this.#encoder.encodeMessage(message), options));
  }

  emit(name: string, data: unknown, options?: SendOptions): PushResult {
    return this.#push(name, (traceparent) =>
      this.#encoder.prepareEvent(name, data, {
        traceparent,
        compress: options?.compress,
        origin: this.#source.origin,
        hasExceptions: this.#excluded.size > 0,
      }),
    );
  }

  ids(): string[] {
    return this.#receivers([]).map((connection) => connection.id);
  }

  close(code?: number, reason?: string): number {
    const receivers = this.#receivers([]);
    for (const connection of receivers) connection.close(code, reason);
    return receivers.length;
  }

  #push(
    event: string | undefined,
    prepare: (traceparent?: string) => PreparedMessage | undefined,
  ): PushResult {
    const { flag, observers } = this.#encoder;
    if (!observers.isActive) return this.#transmit(prepare());
    const watch = observers.watch((observer) => observer.pushBegan?.({ flag, event }));
    let receivers = 0;
    try {
      const result = this.#transmit(prepare(watch.traceparent));
      receivers = result.delivered;
      return result;
    } finally {
      watch.ended({ receivers });
    }
  }

  #transmit(message: PreparedMessage | undefined): PushResult {
    const gone: string[] = [];
    if (message === undefined) return { delivered: 0, gone };
    let delivered = 0;
    for (const connection of this.#source.find(gone)) {
      if (this.#excluded.has(connection.id)) continue;
      if (connection.transmitPrepared(message)) delivered += 1;
      else if (!connection.isOpen) gone.push(connection.id);
    }
    return { delivered, gone };
  }

  /** A copy, because closing changes the index. */
  #receivers(gone: string[]): Connection[] {
    return [...this.#source.find(gone)].filter((connection) => !this.#excluded.has(connection.id));
  }
}

/** The receivers of a push to a room. */
class RoomAudience extends ModuleAudience implements Room {
  readonly #list: () => readonly RoomMember[];

  constructor(source: ReceiverSource, encoder: MessageEncoder, list: () => readonly RoomMember[]) {
    super(source, encoder);
    this.#list = list;
  }

  async members(): Promise<readonly RoomMember[]> {
    return this.#list();
  }
}

const noConnections: readonly Connection[] = [];

/** Pushes to the connections of one module. */
export class RegistryPush implements ModulePush {
  readonly server: ServerModules;
  readonly all: Audience;
  readonly #registry: ConnectionRegistry;
  readonly #encoder: MessageEncoder;
  readonly #readState: ReadState;

  /** @param readState returns the public state of a connection; undefined leaves it out of the members of a room */
  constructor(
    server: ServerModules,
    registry: ConnectionRegistry,
    { readState, ...encoder }: MessageEncoder & { readonly readState: ReadState },
  ) {
    this.server = server;
    this.#readState = readState;
    this.#registry = registry;
    this.#encoder = encoder;
    this.all = this.#audience(() => registry.byId.values(), { stream: undefined });
  }

  to(...ids: string[]): Audience {
    return this.#audience((gone) => {
      const found: Connection[] = [];
      for (const id of new Set(ids)) {
        const connection = this.#registry.byId.get(id);
        if (connection === undefined) gone.push(id);
        else found.push(connection);
      }
      return found;
    });
  }

  room(name: string): Room {
    const list = () => listMembers(this.#registry, name, this.#readState);
    return new RoomAudience(this.#group("rooms", name), this.#encoder, list);
  }

  tagged(tag: string): Audience {
    return new ModuleAudience(this.#group("tags", tag), this.#encoder);
  }

  #group(kind: GroupKind, name: string): ReceiverSource {
    const origin = { stream: nameStream(kind, name) };
    return { find: () => this.#registry.members(kind, name) ?? noConnections, origin };
  }

  #audience(find: FindReceivers, origin?: StreamOrigin): Audience {
    return new ModuleAudience({ find, origin }, this.#encoder);
  }
}
