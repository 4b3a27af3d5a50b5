import type { Connection } from "../connection/connection.js";
import { PreparedMessage } from "../connection/frame.js";
import type { ModuleRuntime, StreamOrigin } from "../connection/module-runtime.js";
import { type ConnectionRegistry, type GroupKind, nameStream } from "../connection/registry.js";
import type {
  Audience,
  Awaitable,
  ModulePush,
  PushOutcome,
  PushResult,
  Room,
  RoomMember,
  SendOptions,
  ServerModules,
} from "../contract.js";
import { listMembers, type ReadState } from "./presence.js";

/** Finds the receivers when a message is sent. Adds requested ids that are not connected to `gone`. */
type FindReceivers = (gone: string[]) => Iterable<Connection>;

/** Encodes the messages of an audience. */
interface MessageEncoder
  extends Pick<ModuleRuntime, "flag" | "observers" | "encodeMessage" | "prepareEvent"> {
  /** Undefined without a cluster. */
  readonly cluster: ClusterPush | undefined;
}

/** The source of the receivers. */
interface ReceiverSource {
  readonly find: FindReceivers;
  /** The stream of the receivers; undefined if they are selected by id. */
  readonly origin: StreamOrigin | undefined;
  /** The selected ids. */
  readonly ids: readonly string[];
}

/** A push to the connections of all processes. */
export interface OutgoingPush {
  /** Undefined: a message without the envelope. */
  readonly event: string | undefined;
  /** The data of the event, or the message. */
  readonly data: unknown;
  readonly origin: StreamOrigin | undefined;
  /** Without an origin: the receivers. */
  readonly ids: readonly string[];
  readonly excluded: ReadonlySet<string>;
  readonly compress: boolean | undefined;
  readonly traceparent: string | undefined;
  /** Sends to the connections of this process. */
  transmit(message: PreparedMessage | undefined): Pick<PushOutcome, "delivered" | "gone">;
}

/** An event of a presence. */
export interface Announcement {
  readonly event: string;
  readonly data: unknown;
  readonly room: string;
  readonly traceparent: string | undefined;
}

/** Pushes to the connections of other processes, too. */
export interface ClusterPush {
  /** Throws what a push without a cluster throws; never for an engine that is not reachable. */
  push(push: OutgoingPush): PushResult;
  /** Tells the members of a room in other processes about a connection. Never throws. */
  announce(presence: Announcement, connection: string): void;
  /** The members of a room of other processes. Never rejects. */
  members(room: string): Promise<readonly RoomMember[]>;
  close(push: Pick<OutgoingPush, "origin" | "ids" | "excluded">, code?: number, reason?: string): void;
}

/** The result of a push that stays in this process. A cluster overrides what awaiting it gives. */
export class LocalResult implements PushResult {
  readonly delivered: number;
  readonly gone: readonly string[];

  constructor(delivered: number, gone: readonly string[]) {
    this.delivered = delivered;
    this.gone = gone;
  }

  // biome-ignore lint/suspicious/noThenProperty: a result can be awaited, for the answers of other processes
  then<Value = PushOutcome, Reason = never>(
    onResult?: ((outcome: PushOutcome) => Value | PromiseLike<Value>) | null,
    onError?: ((reason: unknown) => Reason | PromiseLike<Reason>) | null,
  ): Promise<Value | Reason> {
    return this.awaitOutcome().then(onResult, onError);
  }

  protected async awaitOutcome(): Promise<PushOutcome> {
    const { delivered, gone } = this;
    return { delivered, gone };
  }
}

type Pushed = Pick<OutgoingPush, "event" | "data">;

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
    return this.#push({ event: undefined, data: message }, options);
  }

  emit(name: string, data: unknown, options?: SendOptions): PushResult {
    return this.#push({ event: name, data }, options);
  }

  ids(): string[] {
    return this.#receivers([]).map((connection) => connection.id);
  }

  close(code?: number, reason?: string): number {
    const receivers = this.#receivers([]);
    for (const connection of receivers) connection.close(code, reason);
    this.#encoder.cluster?.close({ ...this.#source, excluded: this.#excluded }, code, reason);
    return receivers.length;
  }

  #push(what: Pushed, options: SendOptions | undefined): PushResult {
    const { flag, observers } = this.#encoder;
    if (!observers.isActive) return this.#send(what, options, undefined);
    const { event } = what;
    const watch = observers.watch((observer) => observer.pushBegan?.({ flag, event }));
    let receivers = 0;
    try {
      const result = this.#send(what, options, watch.traceparent);
      receivers = result.delivered;
      return result;
    } finally {
      watch.ended({ receivers });
    }
  }

  #send(
    { event, data }: Pushed,
    options: SendOptions | undefined,
    traceparent: string | undefined,
  ): PushResult {
    const { cluster, encodeMessage, prepareEvent } = this.#encoder;
    const { origin, ids } = this.#source;
    const compress = options?.compress;
    if (cluster !== undefined) {
      const transmit = (message: PreparedMessage | undefined) => this.#transmit(message);
      return cluster.push({
        event,
        data,
        origin,
        ids,
        excluded: this.#excluded,
        compress,
        traceparent,
        transmit,
      });
    }
    if (event === undefined) return this.#transmit(new PreparedMessage(encodeMessage(data), { compress }));
    const hasExceptions = this.#excluded.size > 0;
    return this.#transmit(prepareEvent(event, data, { traceparent, compress, origin, hasExceptions }));
  }

  #transmit(message: PreparedMessage | undefined): PushResult {
    const gone: string[] = [];
    if (message === undefined) return new LocalResult(0, gone);
    let delivered = 0;
    for (const connection of this.#source.find(gone)) {
      if (this.#excluded.has(connection.id)) continue;
      if (connection.transmitPrepared(message)) delivered += 1;
      else if (!connection.isOpen) gone.push(connection.id);
    }
    return new LocalResult(delivered, gone);
  }

  /** A copy, because closing changes the index. */
  #receivers(gone: string[]): Connection[] {
    return [...this.#source.find(gone)].filter((connection) => !this.#excluded.has(connection.id));
  }
}

/** The receivers of a push to a room. */
class RoomAudience extends ModuleAudience implements Room {
  readonly #list: () => Awaitable<readonly RoomMember[]>;

  constructor(source: ReceiverSource, encoder: MessageEncoder, list: () => Awaitable<readonly RoomMember[]>) {
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
    const find = () => registry.byId.values();
    this.all = new ModuleAudience({ find, origin: { stream: undefined }, ids: [] }, encoder);
  }

  to(...ids: string[]): Audience {
    const find: FindReceivers = (gone) => {
      const found: Connection[] = [];
      for (const id of new Set(ids)) {
        const connection = this.#registry.byId.get(id);
        if (connection === undefined) gone.push(id);
        else found.push(connection);
      }
      return found;
    };
    return new ModuleAudience({ find, origin: undefined, ids }, this.#encoder);
  }

  room(name: string): Room {
    const list = async () => {
      const own = listMembers(this.#registry, name, this.#readState);
      const others = await this.#encoder.cluster?.members(name);
      return others === undefined ? own : [...own, ...others];
    };
    return new RoomAudience(this.#group("rooms", name), this.#encoder, list);
  }

  tagged(tag: string): Audience {
    return new ModuleAudience(this.#group("tags", tag), this.#encoder);
  }

  #group(kind: GroupKind, name: string): ReceiverSource {
    const origin = { stream: nameStream(kind, name) };
    return { find: () => this.#registry.members(kind, name) ?? noConnections, origin, ids: [] };
  }
}
