import { isPosition, type ResumePosition } from "../wire.js";

/** A client's `resume` frame with its positions. */
export interface ResumeFrame {
  readonly positions: readonly ResumePosition[];
  /** Another one follows. */
  readonly hasMore: boolean;
}

/** Characters of a stream or an epoch; a position with a longer one is not of this server. */
const maxNameLength = 256;

/**
 * Reads `{"resume":[…],"more":true}`; undefined for anything else. What is kept of it is new: the four members of the
 * positions in events that `isKnown` accepts.
 */
export function readResumeFrame(
  message: unknown,
  isKnown: (event: string) => boolean,
): ResumeFrame | undefined {
  if (typeof message !== "object" || message === null || !Object.hasOwn(message, "resume")) return undefined;
  const { resume, more } = message as { readonly resume: unknown; readonly more?: unknown };
  if (!Array.isArray(resume) || !resume.every(isPosition)) return undefined;
  const positions = resume.flatMap(({ event, stream, epoch, offset }) => {
    const isOurs = isKnown(event) && (stream ?? "").length <= maxNameLength && epoch.length <= maxNameLength;
    return isOurs ? [{ event, ...(stream !== undefined && { stream }), epoch, offset }] : [];
  });
  return { positions, hasMore: more === true };
}

/** Upper bounds; our own client stays well below them. */
const maxFrames = 256;
const maxPositions = 1_024;
const maxBytes = 65_536;

/** A stream that is resent to a client in pages. */
export interface Replay {
  readonly key: string;
  readonly event: string;
  /** By its own name. */
  readonly stream: string | undefined;
  /** Behind which event the client stands, with the pages that were sent. */
  epoch: string;
  offset: number;
}

/** The positions of one client, and its pending replays. */
export class Resumption {
  /** In the order of their next turns. */
  readonly replays = new Map<string, Replay>();
  /** A page is on its way. */
  isSending = false;
  /**
   * Events of which the client knows streams by names of another server, of an earlier run for instance: it has missed
   * something in whichever stream it is in, and what it missed is unknown.
   */
  readonly #strangeEvents = new Set<string>();
  readonly #positions = new Map<string, ResumePosition>();
  #frames = 0;
  #bytes = 0;
  #isReady = false;

  /** The client has said everything: from now on its streams are resumed. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** False: the client has said everything already, or this would be too much. */
  canTake({ positions }: ResumeFrame): boolean {
    return (
      !this.#isReady &&
      this.#frames < maxFrames &&
      this.#positions.size + positions.length <= maxPositions &&
      this.#bytes + sizeOf(positions) <= maxBytes
    );
  }

  /** @param isOwnName whether a stream can be of this server */
  take({ positions, hasMore }: ResumeFrame, isOwnName: (stream: string) => boolean): void {
    this.#frames += 1;
    this.#bytes += sizeOf(positions);
    for (const position of positions) {
      const { event, stream } = position;
      if (stream !== undefined && !isOwnName(stream)) this.#strangeEvents.add(event);
      else this.#positions.set(keyOf(event, stream), position);
    }
    this.#isReady = !hasMore;
  }

  /** A position is used once: from then on the server knows where the client stands. */
  use(event: string, stream: string | undefined): ResumePosition | undefined {
    const key = keyOf(event, stream);
    const position = this.#positions.get(key);
    this.#positions.delete(key);
    return position;
  }

  /** May the client have missed events of a stream for which it has sent no position? */
  hasStrangeNames(event: string, stream: string | undefined): boolean {
    return stream !== undefined && this.#strangeEvents.has(event);
  }

  /** True if new events of this stream wait for its replay. */
  isReplaying(key: string): boolean {
    return this.replays.has(key);
  }
}

export const keyOf = (event: string, stream: string | undefined): string => JSON.stringify([event, stream]);

/** What the characters of a position take; what an entry of a map costs beside them is bounded by `maxPositions`. */
const sizeOf = (positions: readonly ResumePosition[]): number =>
  positions.reduce(
    (sum, { event, stream = "", epoch }) => sum + event.length + stream.length + epoch.length,
    0,
  );
