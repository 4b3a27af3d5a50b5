/**
 * A place in a stream: behind the event with this offset. A stream is an event's name and, where the server counts
 * parts of its pushes on their own, such a part.
 */
export interface ResumePosition {
  readonly event: string;
  /** A name that the server gives, of a room for instance. Absent where it counts all pushes of the event together. */
  readonly stream?: string;
  /** Names one unbroken count of the stream. */
  readonly epoch: string;
  /** Of the last event; the next is one more. */
  readonly offset: number;
}

/** What the server says of a stream: where the client stands in it now. */
export interface StreamNotice extends ResumePosition {
  /** What lay between the client's position and this one is gone. */
  readonly gap?: boolean;
  /** The client is not in the stream any more. */
  readonly left?: boolean;
}

/** Whether a message of the server has the members of a position. */
export function isPosition(message: object | null): message is ResumePosition {
  const { event, stream = "", epoch, offset } = (message ?? {}) as Record<keyof ResumePosition, unknown>;
  return [event, stream, epoch].every((name) => typeof name === "string") && Number.isSafeInteger(offset);
}

/** How many events after `from` the place `to` is; undefined: they are of different counts. */
export const distance = (from: ResumePosition, to: ResumePosition): number | undefined =>
  from.epoch === to.epoch ? to.offset - from.offset : undefined;

/** What tells streams apart. */
export type StreamName = Pick<ResumePosition, "event" | "stream">;

/** Are both parts of one event, with names that the server has made by different keys? Four characters tell the key. */
export const hasOtherKey = (one: StreamName, other: StreamName): boolean =>
  one.event === other.event &&
  one.stream !== undefined &&
  other.stream !== undefined &&
  one.stream.slice(0, 4) !== other.stream.slice(0, 4);

/**
 * The messages that tell the server where the client stands, none longer than it takes. All but the last have `more`;
 * there is at least one, since it says that the client can resume. A position too long for a message is left out.
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

/** Where a client stands in a stream. */
export interface Standing {
  readonly position: ResumePosition;
  /** Until the server has told where the client stands now: what does not come next in order will be replayed. */
  readonly isResuming: boolean;
}

/** The standings of a client, a bounded number: the stream that is longest without an event is given up. */
export class StreamStandings {
  readonly #standings = new Map<string, Standing>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  get(stream: StreamName): Standing | undefined {
    return this.#standings.get(keyOf(stream));
  }

  /** Keeps nothing but the members of a position. */
  set({ event, stream, epoch, offset }: ResumePosition, isResuming: boolean): void {
    const position = stream === undefined ? { event, epoch, offset } : { event, stream, epoch, offset };
    const key = keyOf(position);
    // Deleted first, so that it comes last: the map is in the order of the last events.
    this.#standings.delete(key);
    this.#standings.set(key, { position, isResuming });
    const [oldest] = this.#standings.keys();
    if (this.#standings.size > this.#max && oldest !== undefined) this.#standings.delete(oldest);
  }

  delete(stream: StreamName): void {
    this.#standings.delete(keyOf(stream));
  }

  /** Is there a stream that the server has not spoken of on this connection? */
  get isResuming(): boolean {
    return [...this.#standings.values()].some(({ isResuming }) => isResuming);
  }

  positions(): ResumePosition[] {
    return [...this.#standings.values()].map(({ position }) => position);
  }
}

const keyOf = ({ event, stream }: StreamName): string => JSON.stringify([event, stream]);
