import type { ResumeExtension } from "./client-options.js";
import {
  distance,
  isPosition,
  type ResumePosition,
  resumeMessages,
  type StreamNotice,
} from "./resume-position.js";
import { StreamStandings } from "./stream-standings.js";

export interface ResumeOptions {
  /** Where to resume, from `positions()` of an earlier client: what was missed since then is made up for. */
  readonly positions?: readonly ResumePosition[];
  /** Events are lost to this client, and it must load its state anew. Called before the next event of the stream. */
  readonly onGap?: (gap: ResumeGap) => void;
  /** Everything that was missed of a stream has come. */
  readonly onResumed?: (position: ResumePosition) => void;
  /** Streams whose position is kept; past it, the one longest without an event is resumed no more. Default 256. */
  readonly maxStreams?: number;
  /** Bytes of a message that the server takes, its `maxMessageSize`. Default 4,096. */
  readonly maxMessageBytes?: number;
}

/** Events of a stream that will never come. */
export interface ResumeGap {
  readonly event: string;
  readonly stream: string | undefined;
  /** `gone`: the server no longer has them; `dropped`: it had them, and did not send them, as its policy for slow clients says. */
  readonly reason: "gone" | "dropped";
  /** How many; undefined: nobody knows. */
  readonly missed: number | undefined;
}

/** Makes up for events that were missed between two connections; for one client. */
export interface Resume extends ResumeExtension {
  /** Where the client stands in every stream; plain JSON that can be stored. */
  positions(): ResumePosition[];
}

/**
 * Each event that the server marks as replayable is seen exactly once and in order, across connections, or `onGap`
 * says that some are lost: `createClient(url, { resume: createResume({ onGap }) })`. The protocol is in
 * docs/client.md, "Missed messages".
 */
export function createResume(options: ResumeOptions = {}): Resume {
  const { positions = [], maxStreams = 256, maxMessageBytes = 4_096, onGap, onResumed } = options;
  const streams = new StreamStandings(maxStreams);
  for (const position of positions) streams.set(position, false);

  let report: (error: unknown) => void = console.error;

  // What a callback throws must not keep the event from its listeners.
  const call = <T>(callback: ((value: T) => void) | undefined, value: T): void => {
    try {
      callback?.(value);
    } catch (error) {
      report(error);
    }
  };
  const tellGap = ({ event, stream }: ResumePosition, reason: ResumeGap["reason"], missed?: number): void =>
    call(onGap, { event, stream, reason, missed });

  /** @returns whether the event is new */
  const admitEvent = (next: ResumePosition): boolean => {
    const standing = streams.get(next);
    const ahead = standing ? distance(standing.position, next) : 1;
    const isNext = ahead === 1;
    const isSeen = ahead !== undefined && ahead < 1;
    // While resuming, what does not come next comes again in its turn.
    if (!isNext && (isSeen || standing?.isResuming)) return false;
    streams.set(next, standing?.isResuming ?? false);
    if (ahead === undefined) tellGap(next, "gone");
    else if (!isNext) tellGap(next, "dropped", ahead - 1);
    return true;
  };

  const follow = (notice: StreamNotice): void => {
    const standing = streams.get(notice);
    if (notice.left) {
      streams.delete(notice);
      return;
    }
    const ahead = standing && distance(standing.position, notice);
    // Not ahead: the client went on with new events before the server knew where it stood.
    const isAhead = ahead === undefined || ahead > 0;
    streams.set(standing && !isAhead ? standing.position : notice, notice.gap ?? false);
    // Whoever has just entered a stream has missed nothing of it.
    if (!standing?.isResuming) return;
    if (isAhead) tellGap(notice, notice.gap || ahead === undefined ? "gone" : "dropped", ahead);
    if (!notice.gap) call(onResumed, notice);
  };

  return {
    positions: () => streams.positions(),
    openingMessages() {
      const known = streams.positions();
      for (const position of known) streams.set(position, true);
      return resumeMessages(known, maxMessageBytes);
    },
    admit(message, onError) {
      report = onError;
      const notices: unknown = message?.resume;
      if (Array.isArray(notices)) for (const notice of notices.filter(isPosition)) follow(notice);
      return !Array.isArray(notices) && (!isPosition(message) || admitEvent(message));
    },
  };
}
