import { type ResumePosition, streamKey } from "../wire.js";

/** The number of events from `from` to `to`; undefined if their epochs differ. */
export const distance = (from: ResumePosition, to: ResumePosition): number | undefined =>
  from.epoch === to.epoch ? to.offset - from.offset : undefined;

/** The key of a stream. */
export type StreamName = Pick<ResumePosition, "event" | "stream">;

/** True for two streams of one event whose names were made with different keys. The first four characters identify the key. */
export const hasOtherKey = (one: StreamName, other: StreamName): boolean =>
  one.event === other.event &&
  one.stream !== undefined &&
  other.stream !== undefined &&
  one.stream.slice(0, 4) !== other.stream.slice(0, 4);

/**
 * The messages with the client's positions, within the server's limit. All but the last have `more`. There is at least
 * one, because it announces that the client can resume. Omits a position that is too long for a message.
 */
export function resumeMessages(positions: readonly ResumePosition[], maxBytes: number): object[] {
  const roomBytes = maxBytes - byteLength({ resume: [], more: true });
  const parts: ResumePosition[][] = [[]];
  let usedBytes = 0;
  for (const position of positions) {
    const bytes = byteLength(position) + ",".length;
    if (bytes > roomBytes) continue;
    if (usedBytes + bytes > roomBytes) {
      parts.push([]);
      usedBytes = 0;
    }
    usedBytes += bytes;
    parts.at(-1)?.push(position);
  }
  return parts.map((resume, index) => (index < parts.length - 1 ? { resume, more: true } : { resume }));
}

const byteLength = (value: object): number => new TextEncoder().encode(JSON.stringify(value)).length;

/** A client's position in a stream. */
export interface StreamPosition {
  readonly position: ResumePosition;
  /** True until the server has sent its position of the stream. Until then, events out of order are dropped and replayed. */
  readonly isResuming: boolean;
}

/** The positions of a client. Above the limit, removes the stream that is longest without an event. */
export class StreamPositions {
  readonly #positions = new Map<string, StreamPosition>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  get({ event, stream }: StreamName): StreamPosition | undefined {
    return this.#positions.get(streamKey(event, stream));
  }

  /** Keeps only the members of a position. */
  set({ event, stream, epoch, offset }: ResumePosition, isResuming: boolean): void {
    const position = stream === undefined ? { event, epoch, offset } : { event, stream, epoch, offset };
    const key = streamKey(event, stream);
    // Deleted first, so that it moves to the end: the map is in the order of the last events.
    this.#positions.delete(key);
    this.#positions.set(key, { position, isResuming });
    const [oldest] = this.#positions.keys();
    if (this.#positions.size > this.#max && oldest !== undefined) this.#positions.delete(oldest);
  }

  delete({ event, stream }: StreamName): void {
    this.#positions.delete(streamKey(event, stream));
  }

  /** True if the server has not sent the position of some stream on this connection. */
  get isResuming(): boolean {
    return [...this.#positions.values()].some(({ isResuming }) => isResuming);
  }

  positions(): ResumePosition[] {
    return [...this.#positions.values()].map(({ position }) => position);
  }
}
