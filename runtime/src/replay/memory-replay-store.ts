import { randomBytes } from "node:crypto";
import type {
  ReplayLimits,
  ReplayStore,
  StoredEvent,
  StreamHistory,
  StreamId,
  StreamPlace,
} from "../config/stores.js";
import type { Payload } from "../protocol/codec.js";

export interface MemoryReplayOptions {
  /**
   * The most streams with events, and the most without. Above it, the stream that is longest without an event is removed.
   * Default 10,000.
   */
  readonly maxStreams?: number | undefined;
  /** The most bytes of all histories together. Above it, whole streams are removed in the same order. Default 64 MiB. */
  readonly maxBytes?: number | undefined;
}

interface Kept extends StoredEvent {
  readonly atMs: number;
}

interface Stream {
  readonly epoch: string;
  newest: number;
  events: Kept[];
}

/**
 * Keeps streams in the memory of the process. A removed stream begins a new epoch, so that clients get a notice of the gap.
 * Both limits apply even if clients choose the names of rooms.
 */
export class MemoryReplayStore implements ReplayStore {
  /** The first is the stream that is longest without an event. */
  readonly #streams = new Map<string, Stream>();
  /** Streams requested before their first event. Separate, so that a client in many rooms displaces no stream with events. */
  readonly #awaited = new Map<string, Stream>();
  readonly #maxStreams: number;
  readonly #maxBytes: number;
  // Differs from the epochs of other stores, such as that of an earlier run.
  readonly #name = randomBytes(6).toString("base64url");
  #begun = 0;
  #bytes = 0;

  constructor({ maxStreams = 10_000, maxBytes = 64 * 2 ** 20 }: MemoryReplayOptions = {}) {
    this.#maxStreams = maxStreams;
    this.#maxBytes = maxBytes;
  }

  append(
    id: StreamId,
    limits: ReplayLimits,
    write: (place: StreamPlace) => Payload | undefined,
  ): Payload | undefined {
    const key = createKey(id);
    const stream = this.#find(key) ?? this.#begin();
    const offset = stream.newest + 1;
    const payload = write({ epoch: stream.epoch, offset });
    if (payload === undefined) return undefined;
    stream.newest = offset;
    stream.events.push({ offset, payload, atMs: Date.now() });
    this.#bytes += payload.length;
    this.#trim(stream, limits);
    // Moves it to the end: the map is in the order of the last events.
    this.#streams.delete(key);
    this.#awaited.delete(key);
    this.#keep(key, stream);
    return payload;
  }

  history(id: StreamId, limits: ReplayLimits): StreamHistory {
    const key = createKey(id);
    const known = this.#find(key);
    if (known === undefined) return this.#await(key);
    this.#trim(known, limits);
    return known;
  }

  #find(key: string): Stream | undefined {
    return this.#streams.get(key) ?? this.#awaited.get(key);
  }

  #await(key: string): Stream {
    const stream = this.#begin();
    this.#awaited.set(key, stream);
    const [oldest] = this.#awaited.keys();
    if (this.#awaited.size > this.#maxStreams && oldest !== undefined) this.#awaited.delete(oldest);
    return stream;
  }

  #begin(): Stream {
    this.#begun += 1;
    return { epoch: `${this.#name}${this.#begun.toString(36)}`, newest: 0, events: [] };
  }

  #keep(key: string, stream: Stream): void {
    this.#streams.set(key, stream);
    for (const [oldest, { events }] of this.#streams) {
      if (this.#streams.size <= this.#maxStreams && this.#bytes <= this.#maxBytes) return;
      this.#forget(events);
      this.#streams.delete(oldest);
    }
  }

  #trim(stream: Stream, { last, forSeconds }: ReplayLimits): void {
    const { events } = stream;
    const oldestMs = forSeconds === undefined ? 0 : Date.now() - forSeconds * 1_000;
    const firstKept = events.findIndex(
      ({ atMs }, index) => atMs >= oldestMs && events.length - index <= last,
    );
    this.#forget(events.splice(0, firstKept < 0 ? events.length : firstKept));
  }

  #forget(events: readonly Kept[]): void {
    for (const { payload } of events) this.#bytes -= payload.length;
  }
}

const createKey = ({ module, event, stream }: StreamId): string => JSON.stringify([module, event, stream]);
