import type { ResumePosition, StreamName } from "./resume-position.js";

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
