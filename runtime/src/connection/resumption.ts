import type { StreamPlace } from "../config/stores.js";
import { isPosition, type ResumePosition, streamKey } from "../wire.js";

/** A `resume` frame of a client. */
export interface ResumeFrame {
  readonly positions: readonly ResumePosition[];
  /** True if another frame follows. */
  readonly hasMore: boolean;
}

/** The most characters of a stream or an epoch. A longer one is not from this server. */
const maxNameLength = 256;

/**
 * Reads `{"resume":[…],"more":true}`. Copies only the four members of each position, and only for events that `isKnown`
 * accepts, so that a client cannot fill the memory. @returns undefined for any other message
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

/** Upper bounds for one connection. The client of this package stays well below them. */
const maxFrames = 256;
const maxPositions = 1_024;
const maxBytes = 65_536;

/** A stream whose missed events are sent to a client, page by page. */
export interface Replay {
  readonly key: string;
  readonly event: string;
  /** The name in the server, not the public name. */
  readonly stream: string | undefined;
  /** The position of the client after the sent pages; undefined: it begins with the next event. */
  from: StreamPlace | undefined;
  /** True while its history is being loaded. */
  isLoading?: boolean;
  /** True if the stream had no event yet: it begins with the first one. */
  isNew?: boolean;
}

/** The positions of one client, and its pending replays. */
export class Resumption {
  /** In the order in which their next pages are sent. */
  readonly replays = new Map<string, Replay>();
  /** True if the client has not received the last page yet. */
  isSending = false;
  /**
   * Events whose streams the client knows by names of another server, for example of an earlier run. The client may have
   * missed events in any of its streams, and it is unknown which.
   */
  readonly #renamedEvents = new Set<string>();
  readonly #positions = new Map<string, ResumePosition>();
  #frames = 0;
  #bytes = 0;
  #isReady = false;

  /** True if the client has sent all its positions. Then its streams are resumed. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** False if the client has already sent all its positions, or if the frame exceeds a limit. */
  canTake({ positions }: ResumeFrame): boolean {
    return (
      !this.#isReady &&
      this.#frames < maxFrames &&
      this.#positions.size + positions.length <= maxPositions &&
      this.#bytes + countCharacters(positions) <= maxBytes
    );
  }

  /** Stores the positions of a frame. @param isOwnName returns whether this server can have given the name */
  take({ positions, hasMore }: ResumeFrame, isOwnName: (stream: string) => boolean): void {
    this.#frames += 1;
    this.#bytes += countCharacters(positions);
    for (const position of positions) {
      const { event, stream } = position;
      if (stream !== undefined && !isOwnName(stream)) this.#renamedEvents.add(event);
      else this.#positions.set(streamKey(event, stream), position);
    }
    this.#isReady = !hasMore;
  }

  /** Returns the position of a stream and removes it: after the first use, the server tracks the position itself. */
  use(event: string, stream: string | undefined): ResumePosition | undefined {
    const key = streamKey(event, stream);
    const position = this.#positions.get(key);
    this.#positions.delete(key);
    return position;
  }

  /** True if the client may have missed events of a stream for which it has sent no position. */
  isRenamed(event: string, stream: string | undefined): boolean {
    return stream !== undefined && this.#renamedEvents.has(event);
  }

  /** True if new events of this stream wait for its replay. */
  isReplaying(key: string): boolean {
    return this.replays.has(key);
  }
}

/** The characters of the positions. `maxPositions` limits the rest of their memory. */
const countCharacters = (positions: readonly ResumePosition[]): number =>
  positions.reduce(
    (sum, { event, stream = "", epoch }) => sum + event.length + stream.length + epoch.length,
    0,
  );
