import type { EventRules } from "../config/event-rule.js";
import { PreparedMessage } from "../connection/prepared-message.js";
import type { Delivery } from "../connection/waiting-messages.js";
import type { Payload } from "../protocol/codec.js";
import type { LiveConnection } from "../push/live-connection.js";
import type { ReplayLimits, ReplayStore, StoredEvent, StreamId, StreamPlace } from "./replay-store.js";
import { readResumeFrame, type StreamNotice } from "./resume-position.js";
import { Resumption } from "./resumption.js";
import { roomStream, tagStream } from "./stream-name.js";

/** What a replayer is told of its module. */
export interface ReplayRules {
  readonly flag: string;
  readonly events: EventRules;
  readonly store: ReplayStore;
  encodeMessage(message: unknown): Payload;
}

/** It waits for the socket and is no slowness. What is sent like this is bounded by what the store keeps. */
const replayed: Delivery = { policy: "replay" };
/** It must not be lost, and there may be any number. */
const kept: Delivery = { policy: "close" };

/** Gives the replayable events of a module their places, and sends them again to clients that missed them. */
export class Replayer {
  readonly #rules: ReplayRules;
  readonly #limits: ReadonlyMap<string, ReplayLimits>;
  /** Framed once for all clients. */
  readonly #prepared = new WeakMap<StoredEvent, PreparedMessage>();

  constructor(rules: ReplayRules) {
    this.#rules = rules;
    this.#limits = new Map(
      Object.entries(rules.events).flatMap(([event, { replay }]) =>
        replay === undefined ? [] : [[event, replay] as const],
      ),
    );
  }

  isReplayable(event: string): boolean {
    return this.#limits.has(event);
  }

  /** Undefined: nothing is to be sent. */
  append(
    event: string,
    stream: string | undefined,
    write: (place: StreamPlace & { readonly stream: string | undefined }) => Payload | undefined,
  ): Payload | undefined {
    const limits = this.#limits.get(event);
    if (limits === undefined) throw new RangeError(`The event ${JSON.stringify(event)} is not replayable.`);
    const id = { module: this.#rules.flag, event, stream };
    return this.#rules.store.append(id, limits, (place) => write({ ...place, stream }));
  }

  /** Takes a client's `resume` frame. False: it is none, or none that may come now. */
  receive(connection: LiveConnection, message: unknown): boolean {
    const frame = readResumeFrame(message);
    if (frame === undefined) return false;
    connection.resumption ??= new Resumption();
    if (!connection.resumption.take(frame)) return false;
    if (connection.resumption.isReady) this.#resume(connection, streamsOf(connection), replayed);
    return true;
  }

  /** The connection has entered a room or got a tag. */
  entered(connection: LiveConnection, stream: string): void {
    if (connection.resumption?.isReady) this.#resume(connection, [stream], kept);
  }

  /** The connection has left a room or lost a tag, and goes on. */
  left(connection: LiveConnection, stream: string): void {
    if (!connection.resumption?.isReady) return;
    const notices = [...this.#limits].map(([event, limits]): StreamNotice => {
      const { epoch, newest } = this.#rules.store.history(this.#idOf(event, stream), limits);
      return { event, stream, epoch, offset: newest, left: true };
    });
    this.#notify(connection, notices, kept);
  }

  /** One step: nothing else can be sent meanwhile. */
  #resume(connection: LiveConnection, streams: readonly (string | undefined)[], notice: Delivery): void {
    const [gaps, missed, ends]: [StreamNotice[], StoredEvent[], StreamNotice[]] = [[], [], []];
    for (const [event, limits] of this.#limits) {
      for (const stream of streams) {
        const position = connection.resumption?.use(event, stream);
        const { epoch, newest, events } = this.#rules.store.history(this.#idOf(event, stream), limits);
        const place = { event, ...(stream !== undefined && { stream }), epoch };
        const before = newest - events.length;
        const isReached = position?.epoch === epoch && position.offset >= before && position.offset <= newest;
        if (position !== undefined && !isReached) gaps.push({ ...place, offset: before, gap: true });
        if (position !== undefined) {
          missed.push(...(isReached ? events.slice(position.offset - before) : events));
        }
        ends.push({ ...place, offset: newest });
      }
    }
    const isReplay = missed.length > 0 || gaps.length > 0;
    this.#notify(connection, gaps, replayed);
    for (const event of missed) connection.transmitPrepared(this.#prepare(event));
    this.#notify(connection, ends, isReplay ? replayed : notice);
  }

  #notify(connection: LiveConnection, resume: readonly StreamNotice[], delivery: Delivery): void {
    if (resume.length === 0) return;
    const payload = this.#rules.encodeMessage({ resume });
    connection.transmitPrepared(new PreparedMessage(payload, undefined, delivery));
  }

  #prepare(event: StoredEvent): PreparedMessage {
    const known = this.#prepared.get(event);
    if (known !== undefined) return known;
    const message = new PreparedMessage(event.payload, undefined, replayed);
    this.#prepared.set(event, message);
    return message;
  }

  #idOf(event: string, stream: string | undefined): StreamId {
    return { module: this.#rules.flag, event, stream };
  }
}

/** Everybody is in the stream of the pushes to all. */
const streamsOf = ({ rooms, tags }: LiveConnection): readonly (string | undefined)[] => [
  undefined,
  ...[...(rooms ?? [])].map(roomStream),
  ...[...(tags ?? [])].map(tagStream),
];
