import { contain, isPromise } from "../boundary.js";
import type { ClusterEntry, ClusterPlace, EntryPage, EntryQuery, FoundEntry } from "../config/cluster.js";
import type { Connection } from "../connection/connection.js";
import { PreparedMessage } from "../connection/frame.js";
import type { ClusterDirectory, ModuleRuntime } from "../connection/module-runtime.js";
import {
  type ConnectionRegistry,
  type GroupWatcher,
  listReceivers,
  nameStream,
} from "../connection/registry.js";
import type { PushOutcome, PushResult, RoomMember } from "../contract.js";
import { type Announcement, type ClusterPush, LocalResult, type OutgoingPush } from "../push/audience.js";
import { type EventWriter, isPlaced, type OutgoingEvent, toMessage } from "../push/event-writer.js";
import type { ReadState } from "../push/presence.js";
import {
  type ClusterHandler,
  type ClusterMember,
  nothing,
  type RemoteAnswer,
  unavailable,
} from "./member.js";
import {
  type ClusterCloseHeader,
  type ClusterHeader,
  type ClusterPushHeader,
  encodeClusterMessage,
  nameNodeTopic,
  nameTopic,
} from "./message.js";
import type { ClusterStreams } from "./streams.js";

/** What a module gives its cluster when it starts. */
export interface ModuleParts extends Pick<ModuleRuntime, "flag" | "log" | "envelope" | "encodeMessage"> {
  readonly member: ClusterMember;
  readonly streams: ClusterStreams;
  readonly registry: ConnectionRegistry;
  readonly events: EventWriter;
  readonly readState: ReadState;
}

type Body = string | Buffer;
type Own = Pick<PushOutcome, "delivered" | "gone">;
type Target = Pick<OutgoingPush, "origin" | "ids" | "excluded">;
type PushHeader = Omit<ClusterPushHeader, "ids" | "except">;

/** A module in a cluster: sends its pushes to the other nodes, and theirs to its connections. */
export class ClusterModule implements ClusterPush, ClusterDirectory, GroupWatcher, ClusterHandler {
  readonly #parts: ModuleParts;

  constructor(parts: ModuleParts) {
    this.#parts = parts;
    parts.member.handlers.set(parts.flag, this);
    this.#enter(undefined);
  }

  push(out: OutgoingPush): PushResult {
    const { encodeMessage, envelope, events } = this.#parts;
    const { compress, traceparent } = out;
    if (out.event === undefined) {
      const payload = encodeMessage(out.data);
      const own = out.transmit(new PreparedMessage(payload, { compress }));
      return this.#sendOn(out, own, { ...headerOf(payload, out), name: undefined }, payload);
    }
    const event = events.read(out.event, out.data);
    if (event === undefined)
      return new ClusterResult(out.transmit(undefined), () => Promise.resolve(nothing));
    const body = envelope.codec.encode(event.data ?? null);
    const header = { ...headerOf(body, out), name: event.name };
    if (isPlaced(event, { origin: out.origin, hasExceptions: out.excluded.size > 0 }))
      return this.#append(event, out, header, body);
    const payload = events.write(event, traceparent === undefined ? undefined : { traceparent });
    const own = out.transmit(payload === undefined ? undefined : toMessage(event, payload, { compress }));
    return this.#sendOn(out, own, header, body);
  }

  announce({ event, data, room, traceparent }: Announcement, connection: string): void {
    const { envelope, events } = this.#parts;
    const read = events.read(event, data);
    if (read === undefined) return;
    const body = envelope.codec.encode(read.data ?? null);
    const target = {
      origin: { stream: nameStream("rooms", room) },
      ids: [],
      excluded: new Set([connection]),
    };
    const header = { ...headerOf(body, { compress: undefined, traceparent }), name: event };
    this.#sendOn(target, nothing, header, body);
  }

  close(target: Target, code?: number, reason?: string): void {
    const gone = target.ids.filter((id) => !this.#parts.registry.byId.has(id));
    this.#send(target, { delivered: 0, gone }, { kind: "close", code, reason }, "");
  }

  async members(room: string): Promise<readonly RoomMember[]> {
    const { flag: module, member } = this.#parts;
    const found: RoomMember[] = [];
    await member.call(0, async () => {
      let after: string | undefined;
      do {
        const page = await member.link.list({ module, room, after, limit: 1_000 });
        for (const { id, node, state } of page.entries)
          if (node !== member.id) found.push({ id, state: this.#parseState(state) });
        after = page.next;
      } while (after !== undefined);
    });
    return found;
  }

  list(query: Omit<EntryQuery, "module">): Promise<EntryPage | undefined> {
    const { flag: module, member } = this.#parts;
    return member.call(0, () => member.link.list({ ...query, module }));
  }

  async find(id: string): Promise<readonly FoundEntry[] | undefined> {
    const { flag, member } = this.#parts;
    const found = await member.call(0, () => member.link.find([id]));
    return found?.filter(({ module }) => module === flag);
  }

  /** Undefined for a state that another program has stored. */
  #parseState(state: string | undefined): unknown {
    const { log } = this.#parts;
    return state === undefined ? undefined : contain({ entry: "cluster", log }, () => JSON.parse(state));
  }

  filled(stream: string): void {
    this.#enter(stream);
  }

  #enter(stream: string | undefined): void {
    const { flag, member, streams } = this.#parts;
    member.enter(nameTopic(flag, stream));
    streams.enter(stream);
  }

  emptied(stream: string): void {
    this.#parts.member.leave(nameTopic(this.#parts.flag, stream));
  }

  reached(stream: string): Promise<void> {
    return this.#parts.member.whenAnswered(nameTopic(this.#parts.flag, stream));
  }

  changed({ id }: Connection): void {
    this.#parts.member.touch(this.#parts.flag, id);
  }

  ended({ id, rooms, state }: FoundEntry): void {
    const { registry } = this.#parts;
    if (state !== undefined) registry.presence?.leftElsewhere(id, rooms, JSON.parse(state));
  }

  returned(): void {
    const { registry } = this.#parts;
    for (const connection of [...registry.byId.values()])
      if (connection.rooms !== undefined) registry.presence?.entered(connection, connection.rooms);
  }

  listConnections(): Iterable<string> {
    return this.#parts.registry.byId.keys();
  }

  describe(id: string): ClusterEntry | undefined {
    const { flag: module, registry, readState } = this.#parts;
    const connection = registry.byId.get(id);
    if (connection === undefined) return undefined;
    const { route, remoteAddress, rooms = [], tags = [], context } = connection;
    const state = readState(connection)?.value;
    return {
      ...{ id, module, route, remoteAddress, connectedAtMs: context.connectedAt.getTime() },
      ...{
        rooms: [...rooms],
        tags: [...tags],
        state: state === undefined ? undefined : JSON.stringify(state),
      },
    };
  }

  check(): void {
    this.#compare();
  }

  #compare(streams?: ReadonlySet<string | undefined>): void {
    const { member, streams: shared } = this.#parts;
    void member.call(0, () => shared.compare(streams));
  }

  prepare(topics: readonly string[]): Promise<void> {
    return this.#parts.streams.prepare(this.#streamsOf(topics));
  }

  entered(topics: readonly string[]): void {
    this.#compare(this.#streamsOf(topics));
  }

  dropped(topic: string): void {
    for (const stream of this.#streamsOf([topic]))
      if (stream !== undefined) this.#parts.streams.forget(stream);
  }

  /** The streams of those topics that are of this module. */
  #streamsOf(topics: readonly string[]): ReadonlySet<string | undefined> {
    const prefix = nameTopic(this.#parts.flag, "");
    return new Set(topics.filter((topic) => topic.startsWith(prefix)).map((topic) => this.#streamOf(topic)));
  }

  receive(header: ClusterHeader, body: Buffer, place: ClusterPlace | undefined, topic: string): void {
    const stream = this.#streamOf(topic);
    if (header.kind === "close") {
      for (const connection of this.#find(header, stream, [])) connection.close(header.code, header.reason);
    } else if (header.kind === "push") {
      const done = this.#receivePush(header, body, place, stream);
      if (header.ask !== undefined && header.from !== this.#parts.member.id) void this.#answer(header, done);
    }
  }

  #receivePush(
    header: ClusterPushHeader,
    body: Buffer,
    place: ClusterPlace | undefined,
    stream: string | undefined,
  ): Own | Promise<Own> {
    const { events, streams } = this.#parts;
    const { name, compress, traceparent } = header;
    // What another program has stored: the hole that it leaves is fetched, and logged then.
    if (place !== undefined && place.event !== name) return nothing;
    if (name === undefined) {
      const payload = header.isText ? body.toString() : body;
      return this.#transmit(new PreparedMessage(payload, { compress }), header, stream);
    }
    if (place !== undefined) {
      return streams
        .arrived(stream, place, { ...header, name }, body)
        .then((delivered) => ({ delivered, gone: [] }));
    }
    const event = events.readSent(name, this.#parts.envelope.codec.decode(body, !header.isText));
    const payload = events.write(event, traceparent === undefined ? undefined : { traceparent });
    return payload === undefined
      ? nothing
      : this.#transmit(toMessage(event, payload, { compress }), header, stream);
  }

  #transmit(message: PreparedMessage, header: ClusterPushHeader, stream: string | undefined): Own {
    const gone: string[] = [];
    let delivered = 0;
    for (const connection of this.#find(header, stream, gone)) {
      if (connection.transmitPrepared(message)) delivered += 1;
      else if (!connection.isOpen) gone.push(connection.id);
    }
    return { delivered, gone };
  }

  async #answer(
    { from, ask = 0 }: ClusterHeader & ClusterPushHeader,
    done: Own | Promise<Own>,
  ): Promise<void> {
    const { flag: module, member } = this.#parts;
    const { delivered, gone } = isPromise(done) ? await done : done;
    member.answer(from, { kind: "answer", module, ask, delivered, gone });
  }

  /** The connections of this node. */
  #find(
    { ids, except = [] }: ClusterPushHeader | ClusterCloseHeader,
    stream: string | undefined,
    gone: string[],
  ): Connection[] {
    const { registry } = this.#parts;
    const excluded = new Set(except);
    if (ids === undefined) return [...listReceivers(registry, stream)].filter(({ id }) => !excluded.has(id));
    return ids.flatMap((id) => {
      const connection = registry.byId.get(id);
      if (connection === undefined) gone.push(id);
      return connection ?? [];
    });
  }

  #streamOf(topic: string): string | undefined {
    const name = topic.slice(nameTopic(this.#parts.flag, "").length);
    return name === "all" ? undefined : name;
  }

  #sendOn(target: Target, own: Own, header: PushHeader, body: Body): PushResult {
    const ask = this.#send(target, own, header, body);
    return new ClusterResult(own, ask);
  }

  /** At the end of the turn. @returns asks the other nodes, if it is called by then */
  #send(
    target: Target,
    own: Own,
    header: PushHeader | ClusterCloseHeader,
    body: Body,
  ): () => Promise<PushOutcome> {
    const { flag: module, member } = this.#parts;
    const except = target.excluded.size === 0 ? undefined : [...target.excluded];
    const full: ClusterHeader = { from: member.id, module, ...header, except };
    const { origin } = target;
    return this.#later(async (isAsked) => {
      if (origin !== undefined) {
        const answer = await member.publish(nameTopic(module, origin.stream), full, { body, isAsked });
        return { ...answer, delivered: own.delivered + answer.delivered, gone: own.gone };
      }
      const others = own.gone.filter((id) => !target.excluded.has(id));
      const answer = await this.#sendToIds(others, full, body, isAsked);
      return { ...answer, delivered: own.delivered + answer.delivered };
    });
  }

  /** Runs a push at the end of the turn. @returns its outcome; the other nodes answer if it is called by then */
  #later(run: (isAsked: boolean) => Promise<RemoteAnswer>): () => Promise<PushOutcome> {
    const { log, member } = this.#parts;
    let isAsked = false;
    const outcome = new Promise<RemoteAnswer>((resolve) => {
      member.send(() =>
        resolve(
          contain(
            { entry: "cluster", log },
            () => run(isAsked),
            () => unavailable,
          ),
        ),
      );
    });
    return () => {
      isAsked = true;
      return outcome;
    };
  }

  /** Sends to the nodes of these connections. */
  async #sendToIds(
    ids: readonly string[],
    header: ClusterHeader,
    body: Body,
    isAsked: boolean,
  ): Promise<RemoteAnswer> {
    if (ids.length === 0) return nothing;
    const { flag, member } = this.#parts;
    return member.attempt(body.length, async () => {
      const found = (await member.link.find(ids)).filter(
        ({ module, node }) => module === flag && node !== member.id,
      );
      const byNode = new Map<string, string[]>();
      for (const { id, node } of found) byNode.set(node, [...(byNode.get(node) ?? []), id]);
      const known = new Set(found.map(({ id }) => id));
      const answers = await Promise.all(
        [...byNode].map(([node, own]) =>
          member.publish(nameNodeTopic(node), { ...header, ids: own } as ClusterHeader, { body, isAsked }),
        ),
      );
      return {
        delivered: answers.reduce((sum, { delivered }) => sum + delivered, 0),
        gone: [...ids.filter((id) => !known.has(id)), ...answers.flatMap(({ gone }) => gone)],
        ...(answers.some((answer) => answer.unavailable) && { unavailable: true as const }),
      };
    });
  }

  /** Stores a replayed event. It is sent to the connections of this node when it has its place. */
  #append(event: OutgoingEvent, out: OutgoingPush, header: PushHeader, body: Body): PushResult {
    const { flag: module, member, streams } = this.#parts;
    const stream = out.origin?.stream;
    const limits = event.known?.replay ?? { last: 0 };
    const key = member.createKey();
    const bytes = typeof body === "string" ? Buffer.from(body) : body;
    const ask = this.#later((isAsked) =>
      member.attempt(bytes.length, async () => {
        const asked = isAsked ? member.ask() : undefined;
        const full = { from: member.id, module, ...header, ...(asked && { ask: asked.number }) } as const;
        const append = () =>
          member.link.append(
            { topic: nameTopic(module, stream), event: event.name },
            encodeClusterMessage(full, bytes),
            { limits, key },
          );
        const place = await (asked?.guard(append) ?? append());
        const own = hasReceivers(this.#parts.registry, stream)
          ? await streams.arrived(stream, place, { ...full, name: event.name }, bytes)
          : 0;
        // The event is stored: a node that does not answer, or its clients elsewhere, will get it.
        const { delivered } = asked === undefined ? nothing : await asked.expect(place.nodes);
        return { delivered: own + delivered, gone: [] };
      }),
    );
    return new ClusterResult({ delivered: 0, gone: [] }, ask);
  }
}

const headerOf = (
  body: Body,
  { compress, traceparent }: Pick<OutgoingPush, "compress" | "traceparent">,
): PushHeader => ({ kind: "push", isText: typeof body === "string", compress, traceparent });

function hasReceivers(registry: ConnectionRegistry, stream: string | undefined): boolean {
  for (const _each of listReceivers(registry, stream)) return true;
  return false;
}

/** The result of a push in a cluster: awaited, that of all nodes. */
class ClusterResult extends LocalResult {
  readonly #ask: () => Promise<PushOutcome>;

  constructor({ delivered, gone }: Own, ask: () => Promise<PushOutcome>) {
    super(delivered, gone);
    this.#ask = ask;
  }

  protected override awaitOutcome(): Promise<PushOutcome> {
    return this.#ask();
  }
}
