import { contain } from "../boundary.js";
import type { ClusterHistory, ClusterLink, ClusterMessage, ClusterStream } from "../config/cluster.js";
import type { EventRules } from "../config/event-rule.js";
import type { ReplayLimits, StoredEvent, StreamHistory, StreamPlace } from "../config/stores.js";
import type { PreparedMessage } from "../connection/frame.js";
import { type ConnectionRegistry, listReceivers } from "../connection/registry.js";
import type { Logger } from "../contract.js";
import type { Envelope } from "../protocol/envelope.js";
import { type EventWriter, toMessage } from "../push/event-writer.js";
import type { Replayer, SharedStreams } from "../replay/replayer.js";
import { streamKey } from "../wire.js";
import { type ClusterMember, nothing } from "./member.js";
import { type ClusterPushHeader, decodeClusterMessage, nameTopic } from "./message.js";

/** What the streams of a module need. */
export interface StreamsOptions {
  readonly flag: string;
  readonly log: Logger;
  readonly rules: EventRules;
  readonly member: ClusterMember;
  readonly envelope: Envelope;
  /** Set when the module starts. */
  readonly events: () => EventWriter;
  readonly replayer: () => Replayer;
  readonly registry: () => ConnectionRegistry;
}

interface KeptEvent extends StoredEvent {
  /** The connections of this node that it was sent to. */
  delivered: number;
  readonly atMs: number;
}

/** A message of a stream that is not sent to its connections yet. */
interface Arrival {
  readonly place: StreamPlace;
  readonly header: ClusterPushHeader;
  readonly body: Buffer;
  done(delivered: number): void;
}

interface SharedStream {
  readonly event: string;
  readonly stream: string | undefined;
  /** Empty until the first message. */
  epoch: string;
  newest: number;
  events: KeptEvent[];
  /** True if the engine has no usable event before those of `events`. */
  isWhole: boolean;
  /** The offset of the newest message that could not be read, or 0. Those before it are of no use: clients get a gap. */
  unreadable: number;
  /** Resolves when what is missing has been fetched, with the position before it; undefined: the stream has no event yet. */
  fetching: Promise<StreamPlace | undefined> | undefined;
  readonly waiting: Arrival[];
  /** Called with the position of the stream before its topic is subscribed; undefined afterwards. */
  begin: ((place: StreamPlace | undefined) => void) | undefined;
}

/** Above it, messages that wait are left out: they are fetched. */
const maxWaiting = 1_000;

/**
 * The streams of replayed events of a module, as this node knows them. The engine has the truth; its messages are hints. A
 * message is sent to the connections when it is the next of its stream. After a hole, what is missing is fetched first.
 */
export class ClusterStreams implements SharedStreams {
  readonly streamKey: string;
  readonly #options: StreamsOptions;
  readonly #streams = new Map<string, SharedStream>();

  constructor(options: StreamsOptions) {
    this.#options = options;
    this.streamKey = options.member.secret;
  }

  history(
    event: string,
    stream: string | undefined,
    from: StreamPlace | undefined,
  ): StreamHistory | Promise<StreamPlace | undefined> {
    const shared = this.#open(event, stream);
    if (shared.fetching !== undefined) return shared.fetching;
    this.#trim(shared);
    if (shared.epoch === "" || !covers(shared, from))
      return this.#fetch(shared, () => this.#load(shared, true));
    return shared;
  }

  /** Called when the node enters a stream: what comes from now on is for its connections. */
  enter(stream: string | undefined): void {
    for (const [event, { replay }] of Object.entries(this.#options.rules))
      if (replay !== undefined) this.#open(event, stream);
  }

  /**
   * Finds out where streams are. Called before their topics are subscribed: what is appended later is for the connections, and is
   * either published to this node or found by `compare`. Rejects if the engine cannot be reached.
   */
  async prepare(streams: ReadonlySet<string | undefined>): Promise<void> {
    const opened = [...this.#streams.values()].filter(
      ({ stream, begin }) => begin !== undefined && streams.has(stream),
    );
    const places = await this.#ask(opened);
    for (const [index, shared] of opened.entries()) {
      const place = places[index];
      shared.epoch = place?.epoch ?? "";
      shared.newest = place?.offset ?? 0;
      shared.begin?.(place);
      shared.begin = undefined;
    }
  }

  /** Fetches what these streams have in addition to what has arrived; without an argument, of all streams. */
  async compare(streams?: ReadonlySet<string | undefined>): Promise<void> {
    const known = [...this.#streams.values()].filter(
      ({ stream, begin }) => begin === undefined && streams?.has(stream) !== false,
    );
    const places = await this.#ask(known);
    for (const [index, shared] of known.entries()) {
      const place = places[index] ?? { epoch: "", offset: 0 };
      const isNew =
        place.epoch === shared.epoch ? place.offset > shared.newest : shared.newest + place.offset > 0;
      if (isNew && shared.fetching === undefined) void this.#fetch(shared, () => this.#load(shared, false));
    }
  }

  async #ask(streams: readonly SharedStream[]): Promise<readonly (StreamPlace | undefined)[]> {
    const { flag, member } = this.#options;
    const places: (StreamPlace | undefined)[] = [];
    for (let start = 0; start < streams.length; start += pageSize) {
      const page = streams.slice(start, start + pageSize);
      const ids = page.map(({ event, stream }) => ({ topic: nameTopic(flag, stream), event }));
      places.push(...(await member.link.positions(ids)));
    }
    return places;
  }

  /** A message of a stream has arrived. @returns the number of connections of this node that it was sent to */
  arrived(
    stream: string | undefined,
    place: StreamPlace,
    header: ClusterPushHeader & { readonly name: string },
    body: Buffer,
  ): Promise<number> {
    return new Promise((resolve) => {
      const shared = this.#streams.get(streamKey(header.name, stream));
      if (shared === undefined) resolve(0);
      else this.#take(shared, { place, header, body, done: resolve });
    });
  }

  /** Called when the node gets no more messages of a stream. */
  forget(stream: string): void {
    for (const [key, shared] of this.#streams) if (shared.stream === stream) this.#streams.delete(key);
  }

  #open(event: string, stream: string | undefined): SharedStream {
    const key = streamKey(event, stream);
    const known = this.#streams.get(key);
    if (known !== undefined) return known;
    const shared: SharedStream = {
      ...{ event, stream, epoch: "", newest: 0, events: [], isWhole: false, unreadable: 0 },
      ...{ begin: undefined, fetching: undefined, waiting: [] },
    };
    this.#streams.set(key, shared);
    void this.#fetch(
      shared,
      () =>
        new Promise((resolve) => {
          shared.begin = resolve;
        }),
    );
    return shared;
  }

  #take(shared: SharedStream, arrival: Arrival): void {
    const { place } = arrival;
    if (shared.epoch === "" && shared.fetching === undefined) {
      shared.epoch = place.epoch;
      shared.isWhole = true;
    }
    const ahead = place.epoch === shared.epoch ? place.offset - shared.newest : Number.POSITIVE_INFINITY;
    if (shared.fetching !== undefined) this.#wait(shared, arrival);
    else if (ahead <= 0) arrival.done(shared.events.at(ahead - 1)?.delivered ?? 0);
    else if (ahead === 1) this.#deliver(shared, arrival);
    else {
      this.#wait(shared, arrival);
      void this.#fetch(shared, () => this.#load(shared, false));
    }
  }

  #wait({ waiting }: SharedStream, arrival: Arrival): void {
    if (waiting.length < maxWaiting) waiting.push(arrival);
    else arrival.done(0);
  }

  /** Sends the next message of a stream to its connections. */
  #deliver(shared: SharedStream, { place, header, body, done }: Arrival): void {
    shared.newest = place.offset;
    const [written] = this.#write(shared, place, header, body);
    let delivered = 0;
    if (written === undefined) this.#skip(shared, place);
    else {
      for (const connection of listReceivers(this.#options.registry(), shared.stream))
        if (connection.transmitPrepared(written.message)) delivered += 1;
      shared.events.push({
        offset: place.offset,
        payload: written.message.payload,
        delivered,
        atMs: Date.now(),
      });
      this.#trim(shared);
    }
    done(delivered);
  }

  /** Passes a message that cannot be sent. Clients get a notice of the gap. */
  #skip(shared: SharedStream, { epoch, offset }: StreamPlace): void {
    shared.events = [];
    shared.isWhole = true;
    shared.unreadable = offset;
    for (const connection of [...listReceivers(this.#options.registry(), shared.stream)])
      this.#options.replayer().moved(connection, shared.event, shared.stream, { epoch, offset: offset - 1 });
  }

  /** Empty if the user's envelope fails, or sends nothing. */
  #write({ stream }: SharedStream, { epoch, offset }: StreamPlace, header: ClusterPushHeader, body: Buffer) {
    const { envelope, log, events, replayer } = this.#options;
    const { name = "", compress, traceparent, isText } = header;
    const written = contain({ entry: "encodeEvent", log }, () => {
      const event = events().readSent(name, envelope.codec.decode(body, !isText));
      const place = { epoch, offset, stream: replayer().publicName(stream) };
      const payload = events().write(event, traceparent === undefined ? place : { ...place, traceparent });
      if (payload === undefined) return [];
      return [{ message: toMessage(event, payload, { compress, stream: streamKey(name, stream) }) }];
    });
    return (written ?? []) as readonly { readonly message: ReturnType<typeof toMessage> }[];
  }

  /** Fetches what is missing, however long the engine is away. One fetch at a time. */
  #fetch(
    shared: SharedStream,
    load: () => Promise<StreamPlace | undefined>,
  ): Promise<StreamPlace | undefined> {
    if (shared.fetching !== undefined) return shared.fetching;
    const { epoch: oldEpoch, newest: oldNewest } = shared;
    shared.fetching = load().then((begin) => {
      shared.fetching = undefined;
      const hasMoved = shared.newest !== oldNewest || shared.epoch !== oldEpoch;
      for (const arrival of shared.waiting.splice(0)) {
        const { epoch, offset } = arrival.place;
        const isNext = shared.epoch === "" || (epoch === shared.epoch && offset <= shared.newest + 1);
        // An engine that does not have the message yet is asked with the next check.
        if (isNext || hasMoved || shared.fetching !== undefined) this.#take(shared, arrival);
        else arrival.done(0);
      }
      return begin;
    });
    return shared.fetching;
  }

  #load(shared: SharedStream, isWhole: boolean): Promise<StreamPlace> {
    return this.#try(shared, async (link, id) => {
      const { epoch, newest: offset } = shared;
      const after = isWhole || epoch === "" ? undefined : { epoch, offset };
      const history = await link.history(id, this.#limits(id.event), after);
      return this.#continue(shared, history, after === undefined);
    });
  }

  /** Asks the engine until it answers. */
  async #try(
    { event, stream }: SharedStream,
    ask: (link: ClusterLink, id: ClusterStream) => Promise<StreamPlace>,
  ): Promise<StreamPlace> {
    const { flag, member } = this.#options;
    const topic = nameTopic(flag, stream);
    for (;;) {
      await member.whenLive(topic);
      let place: StreamPlace | undefined;
      await member.attempt(0, async () => {
        place = await ask(member.link, { topic, event });
        return nothing;
      });
      if (place !== undefined) return place;
      await member.nextChance();
    }
  }

  /** @returns where clients begin that have come meanwhile */
  #continue(shared: SharedStream, history: ClusterHistory, isWhole: boolean): StreamPlace {
    const { epoch, newest, messages } = history;
    const before = { epoch: shared.epoch, offset: shared.newest };
    const isSame = before.epoch === epoch || before.epoch === "";
    if (!isSame) shared.unreadable = 0;
    const readable = this.#readAll(shared, history);
    const first = newest - readable.length + 1;
    const isNext = isSame && first <= before.offset + 1;
    const fresh = readable.filter((_event, index) => !isSame || first + index > before.offset);
    shared.epoch = epoch;
    shared.newest = newest;
    shared.events = isWhole || !isNext ? readable : [...shared.events, ...fresh];
    shared.isWhole = isWhole || readable.length < messages.length || (isNext && shared.isWhole);
    this.#trim(shared);
    for (const connection of [...listReceivers(this.#options.registry(), shared.stream)]) {
      if (!isNext && connection.resumption?.isReady)
        this.#options.replayer().moved(connection, shared.event, shared.stream, before);
      else for (const each of fresh) if (connection.transmitPrepared(each.message)) each.delivered += 1;
    }
    return { epoch, offset: isSame ? before.offset : newest };
  }

  /** The messages behind the last one that cannot be read, which is logged once. */
  #readAll(shared: SharedStream, { epoch, newest, messages }: ClusterHistory) {
    const readable: (KeptEvent & { readonly message: PreparedMessage })[] = [];
    for (const [index, message] of messages.entries()) {
      const offset = newest - messages.length + 1 + index;
      if (offset <= shared.unreadable) continue;
      const event = this.#read(shared, message, { epoch, offset });
      if (event !== undefined) readable.push(event);
      else {
        shared.unreadable = offset;
        readable.length = 0;
      }
    }
    return readable;
  }

  #read(shared: SharedStream, message: ClusterMessage, place: StreamPlace) {
    const decoded = contain({ entry: "cluster", log: this.#options.log }, () => {
      const { header, body } = decodeClusterMessage(message);
      if (header.kind === "push" && header.name === shared.event) return { header, body };
      const text = `Found a stored message that is not of the event ${JSON.stringify(shared.event)}.`;
      throw new Error(`${text} Let no other program write to the engine of the cluster.`);
    }) as { readonly header: ClusterPushHeader; readonly body: Buffer } | undefined;
    const [written] = decoded === undefined ? [] : this.#write(shared, place, decoded.header, decoded.body);
    if (written === undefined) return undefined;
    const { payload } = written.message;
    return { offset: place.offset, payload, delivered: 0, atMs: Date.now(), message: written.message };
  }

  #trim(shared: SharedStream): void {
    const { last, forSeconds } = this.#limits(shared.event);
    const oldestMs = forSeconds === undefined ? 0 : Date.now() - forSeconds * 1_000;
    const { events } = shared;
    const first = events.findIndex(({ atMs }, index) => atMs >= oldestMs && events.length - index <= last);
    events.splice(0, first < 0 ? events.length : first);
  }

  #limits(event: string): ReplayLimits {
    return this.#options.rules[event]?.replay ?? { last: 0 };
  }
}

/** The most positions that one call asks for. */
const pageSize = 500;

/** True if the events behind a position are known, or if it is known that they are lost. */
const covers = ({ epoch, newest, events, isWhole }: SharedStream, from: StreamPlace | undefined): boolean =>
  from === undefined ||
  isWhole ||
  (from.epoch === epoch && from.offset <= newest && from.offset >= newest - events.length);
