import { createHmac, randomBytes } from "node:crypto";
import { contain, isPromise, report, takeSync } from "../boundary.js";
import { CloseCode } from "../close-codes.js";
import type { EventRules } from "../config/event-rule.js";
import type { ReplayLimits, ReplayStore, StoredEvent, StreamHistory, StreamPlace } from "../config/stores.js";
import type { Connection } from "../connection/connection.js";
import { PreparedMessage } from "../connection/frame.js";
import type { Observers } from "../connection/observers.js";
import { nameStream } from "../connection/registry.js";
import { type Replay, type ResumeFrame, Resumption, readResumeFrame } from "../connection/resumption.js";
import { type Delivery, exempt } from "../connection/waiting-messages.js";
import type { Logger } from "../contract.js";
import { withCode } from "../error-codes.js";
import type { Payload } from "../protocol/codec.js";
import { type StreamNotice, streamKey } from "../wire.js";

/** The dependencies of a replayer. */
export interface ReplayRules {
  readonly flag: string;
  readonly log: Logger;
  readonly events: EventRules;
  readonly store: ReplayStore;
  /** The streams of a cluster; undefined: those of the store. */
  readonly shared: SharedStreams | undefined;
  readonly counters: { resumes: number; gaps: number };
  readonly observers: Observers;
  encodeMessage(message: unknown): Payload;
}

/** Streams that several processes append to. */
export interface SharedStreams {
  /** A secret that all processes have. */
  readonly streamKey: string;
  /**
   * The history of a stream, with all kept events behind a position. If it is not loaded, a promise that resolves when it is,
   * with the position of a client without one, if the stream has an event; it never rejects.
   */
  history(
    event: string,
    stream: string | undefined,
    from: StreamPlace | undefined,
  ): StreamHistory | Promise<StreamPlace | undefined>;
}

/**
 * Notices are never dropped. Their number is unbounded, so they count toward the limit: the connection of a client that
 * does not read them is closed.
 */
const kept: Delivery = { policy: "close" };

/** The bytes of missed events that are sent at once. The next page follows when the client has taken them. */
const pageBytes = 65_536;

type OpenReplay = Replay & { from: StreamPlace };

/** Assigns places to the replayable events of a module, and resends them to clients that missed them. */
export class Replayer {
  readonly #rules: ReplayRules;
  readonly #limits: ReadonlyMap<string, ReplayLimits>;
  readonly #streamKey: string;
  /** The prefix of every stream's name. */
  readonly #keyName: string;
  /** Framed once for all clients. */
  readonly #prepared = new WeakMap<StoredEvent, PreparedMessage>();

  constructor(rules: ReplayRules) {
    this.#rules = rules;
    this.#streamKey = rules.shared?.streamKey ?? getStreamKey(rules.store);
    this.#keyName = this.#hash("").slice(0, 4);
    this.#limits = new Map(
      Object.entries(rules.events).flatMap(([event, { replay }]) =>
        replay === undefined ? [] : [[event, replay] as const],
      ),
    );
  }

  /**
   * Encodes the event with its place. Undefined if nothing is to be sent, or if the store failed. Throws the errors of
   * `write`.
   */
  append(
    event: string,
    stream: string | undefined,
    write: (place: StreamPlace & { readonly stream: string | undefined }) => Payload | undefined,
  ): { readonly payload: Payload; readonly key: string } | undefined {
    const { flag, store, log } = this.#rules;
    let unwritten: { readonly error: unknown } | undefined;
    try {
      const id = { module: flag, event, stream };
      const payload = store.append(id, this.#getLimits(event), (place) => {
        try {
          return write({ ...place, stream: this.publicName(stream) });
        } catch (error) {
          unwritten = { error };
          throw error;
        }
      });
      takeSync(payload, "The replay store's function append");
      return payload === undefined ? undefined : { payload, key: streamKey(event, stream) };
    } catch (error) {
      if (unwritten !== undefined) throw unwritten.error;
      return report({ entry: "replayStore", log }, error);
    }
  }

  /** True if the message is a `resume` frame and is allowed now. */
  isExpected(connection: Connection, message: unknown): boolean {
    return this.#read(connection, message) !== undefined;
  }

  receive(connection: Connection, message: unknown): void {
    const frame = this.#read(connection, message);
    if (frame === undefined) return;
    connection.resumption ??= new Resumption();
    connection.resumption.take(frame, (name) => name.startsWith(this.#keyName));
    if (connection.resumption.isReady) {
      const { counters, observers } = this.#rules;
      counters.resumes += 1;
      if (observers.isActive) observers.notify((observer) => observer.clientResumed?.(connection));
    }
    this.#resume(connection, listStreams(connection), exempt);
  }

  /** Called when the connection has entered a room or got a tag. */
  entered(connection: Connection, stream: string): void {
    this.#resume(connection, [stream], kept);
  }

  /** Called when the connection has left a room or lost a tag, and is still open. */
  left(connection: Connection, stream: string): void {
    const { resumption } = connection;
    if (!resumption?.isReady) return;
    this.#attempt(connection, () => {
      const notices = [...this.#limits.keys()].map((event): StreamNotice | undefined => {
        resumption.replays.delete(streamKey(event, stream));
        const history = this.#history(event, stream);
        if (isPromise(history)) return undefined;
        const { epoch, newest } = history;
        return { ...this.#toPosition({ event, stream, epoch, offset: newest }), left: true };
      });
      const known = notices.filter((notice) => notice !== undefined);
      this.#notify(connection, known, kept);
    });
  }

  #read(connection: Connection, message: unknown): ResumeFrame | undefined {
    if (this.#limits.size === 0) return undefined;
    const frame = readResumeFrame(message, (event) => this.#limits.has(event));
    const { resumption = new Resumption() } = connection;
    return frame !== undefined && resumption.canTake(frame) ? frame : undefined;
  }

  /** Suspends new events of these streams until their replay has reached the newest. */
  #resume(connection: Connection, streams: readonly (string | undefined)[], notice: Delivery): void {
    const { resumption } = connection;
    if (!resumption?.isReady) return;
    this.#attempt(connection, () => {
      for (const event of this.#limits.keys()) {
        for (const stream of streams) {
          const known = resumption.use(event, this.publicName(stream));
          // A position before the history, so that the client gets a gap.
          const unknown = resumption.isRenamed(event, stream) ? { epoch: "", offset: 0 } : undefined;
          const key = streamKey(event, stream);
          resumption.replays.set(key, { key, event, stream, from: known ?? unknown });
        }
      }
      if (!resumption.isSending) this.#sendPage(connection, resumption, notice);
    });
  }

  /**
   * Called when a stream has begun another epoch, or has lost events that this process has not seen: its connections continue
   * behind the position that they had.
   */
  moved(connection: Connection, event: string, stream: string | undefined, from: StreamPlace): void {
    const { resumption } = connection;
    const key = streamKey(event, stream);
    if (!resumption?.isReady || resumption.replays.has(key)) return;
    this.#attempt(connection, () => {
      resumption.replays.set(key, { key, event, stream, from });
      if (!resumption.isSending) this.#sendPage(connection, resumption, exempt);
    });
  }

  /**
   * Sends the next events of each stream, and the rest when the client has taken them. New events wait in the store, so
   * that none is sent twice or out of order. A client that is slower than the store removes events gets a notice of the gap.
   */
  #sendPage(connection: Connection, resumption: Resumption, notice: Delivery): void {
    const { replays } = resumption;
    const histories = [...replays.values()].flatMap((replay) => {
      const history = this.#open(connection, replay, notice);
      return history === undefined ? [] : [{ replay: replay as OpenReplay, history }];
    });
    const gaps = histories.flatMap(({ replay, history }) => this.#skipGap(replay, history));
    if (gaps.length > 0) this.#countGaps(connection, gaps);
    this.#notify(connection, gaps, exempt);
    let bytes = 0;
    const ends: StreamNotice[] = [];
    for (const { replay, history } of histories) {
      bytes += this.#sendEvents(connection, { replay, history, maxBytes: pageBytes - bytes });
      replays.delete(replay.key);
      if (replay.from.offset === history.newest) ends.push(this.#toPosition({ ...replay, ...replay.from }));
      // Moved to the end, so that the other streams come first.
      else replays.set(replay.key, replay);
    }
    const isReplay = bytes > 0 || gaps.length > 0;
    this.#notify(connection, ends, isReplay ? exempt : notice);
    if (!isReplay) return;
    resumption.isSending = true;
    connection.whenDrained((isDrained) => {
      if (!isDrained) return;
      resumption.isSending = false;
      if (replays.size > 0) this.#attempt(connection, () => this.#sendPage(connection, resumption, exempt));
    });
  }

  /** The history of a replay; its position is that of the history if it has none. Undefined: it is sent when it is loaded. */
  #open(connection: Connection, replay: Replay, notice: Delivery): StreamHistory | undefined {
    if (replay.isLoading) return undefined;
    const history = this.#history(replay.event, replay.stream, replay.from);
    if (!isPromise(history)) {
      replay.from ??= { epoch: history.epoch, offset: replay.isNew ? 0 : history.newest };
      return history;
    }
    replay.isLoading = true;
    void history.then((begin) => {
      replay.isLoading = false;
      if (begin === undefined) replay.isNew = true;
      else replay.from ??= replay.isNew ? { epoch: begin.epoch, offset: 0 } : begin;
      const { resumption } = connection;
      if (resumption?.replays.get(replay.key) !== replay || resumption.isSending) return;
      this.#attempt(connection, () => this.#sendPage(connection, resumption, notice));
    });
    return undefined;
  }

  #countGaps(connection: Connection, gaps: readonly StreamNotice[]): void {
    const { counters, observers } = this.#rules;
    counters.gaps += gaps.length;
    if (!observers.isActive) return;
    for (const { event } of gaps) observers.notify((observer) => observer.gapFound?.(connection, event));
  }

  /** Moves a position before the history to its beginning. */
  #skipGap(replay: OpenReplay, { epoch, newest, events }: StreamHistory): StreamNotice[] {
    const before = newest - events.length;
    const { from } = replay;
    if (from.epoch === epoch && from.offset >= before && from.offset <= newest) return [];
    replay.from = { epoch, offset: before };
    return [{ ...this.#toPosition({ ...replay, ...replay.from }), gap: true }];
  }

  /** @returns the number of sent bytes */
  #sendEvents(
    connection: Connection,
    {
      replay,
      history: { events, newest },
      maxBytes,
    }: { readonly replay: OpenReplay; readonly history: StreamHistory; readonly maxBytes: number },
  ): number {
    let bytes = 0;
    let { offset } = replay.from;
    while (offset < newest && bytes < maxBytes) {
      const message = this.#prepare(events[events.length - (newest - offset)]);
      connection.transmitPrepared(message);
      bytes += message.length;
      offset += 1;
    }
    replay.from = { epoch: replay.from.epoch, offset };
    return bytes;
  }

  #toPosition({
    event,
    stream,
    epoch,
    offset,
  }: StreamPlace & Pick<Replay, "event" | "stream">): StreamNotice {
    const name = this.publicName(stream);
    return { event, ...(name !== undefined && { stream: name }), epoch, offset };
  }

  #notify(connection: Connection, resume: readonly StreamNotice[], delivery: Delivery): void {
    if (resume.length === 0) return;
    const payload = this.#rules.encodeMessage({ resume });
    connection.transmitPrepared(new PreparedMessage(payload, { delivery }));
  }

  #prepare(event: StoredEvent | undefined): PreparedMessage {
    if (event === undefined) {
      throw withCode("history_gap", new RangeError("The replay store's history has a gap."));
    }
    const known = this.#prepared.get(event);
    if (known !== undefined) return known;
    const message = new PreparedMessage(event.payload, { delivery: exempt });
    this.#prepared.set(event, message);
    return message;
  }

  /** Called for replayable events only. */
  #getLimits(event: string): ReplayLimits {
    return this.#limits.get(event) as ReplayLimits;
  }

  #history(
    event: string,
    stream: string | undefined,
    from?: StreamPlace,
  ): StreamHistory | Promise<StreamPlace | undefined> {
    const { shared } = this.#rules;
    if (shared !== undefined) return shared.history(event, stream, from);
    const id = { module: this.#rules.flag, event, stream };
    return takeSync(
      this.#rules.store.history(id, this.#getLimits(event)),
      "The replay store's function history",
    );
  }

  /** Closes a client if its history cannot be read, so that it reconnects and tries again. */
  #attempt(connection: Connection, run: () => void): void {
    const place = { entry: "replayStore", log: this.#rules.log, connection: connection.id } as const;
    contain(place, run, () => connection.close(CloseCode.internalError));
  }

  /** Names of rooms and tags may be confidential, so clients get an opaque name. */
  publicName(stream: string | undefined): string | undefined {
    if (stream === undefined) return undefined;
    const name = JSON.stringify([this.#rules.flag, stream]);
    return this.#keyName + this.#hash(name).slice(0, 12);
  }

  #hash(text: string): string {
    return createHmac("sha256", this.#streamKey).update(text).digest("base64url");
  }
}

const streamKeys = new WeakMap<ReplayStore, string>();

/** One key for each store, so that all servers of a process with the same store use the same names. */
function getStreamKey(store: ReplayStore): string {
  const key = store.streamKey ?? streamKeys.get(store) ?? randomBytes(32).toString("base64url");
  streamKeys.set(store, key);
  return key;
}

/** The stream of the pushes to all, which every connection is in. */
const listStreams = ({ rooms, tags }: Connection): readonly (string | undefined)[] => [
  undefined,
  ...[...(rooms ?? [])].map((room) => nameStream("rooms", room)),
  ...[...(tags ?? [])].map((tag) => nameStream("tags", tag)),
];
