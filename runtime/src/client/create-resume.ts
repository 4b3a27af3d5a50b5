import { isPosition, type ResumePosition, type StreamNotice } from "../wire.js";
import type { ResumeExtension, ResumeHost } from "./client-options.js";
import { startTimer } from "./limited-wait.js";
import { distance, hasOtherKey, resumeMessages, StreamPositions } from "./stream-positions.js";

export interface ResumeOptions {
  /** Where to resume, from `positions()` of an earlier client: what was missed since then is made up for. */
  readonly positions?: readonly ResumePosition[] | undefined;
  /**
   * Events are lost to this client, and it must load its state anew. Called once for all streams of a reconnect, before
   * the events that follow the gaps: these wait for it, at most 100 ms and 1,000 of them.
   */
  readonly onGap?: ((gaps: readonly ResumeGap[]) => void) | undefined;
  /** Everything that was missed of a stream has come. */
  readonly onResumed?: ((position: ResumePosition) => void) | undefined;
  /** Streams whose position is kept; past it, the one longest without an event is resumed no more. Default 256. */
  readonly maxStreams?: number | undefined;
  /**
   * Bytes of a message that the server takes, its `maxMessageSize`. Default 4,096. Where it turns out to take less
   * (close code 1009), the client goes down by itself.
   */
  readonly maxMessageBytes?: number | undefined;
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

/** How long a gap waits for those of other streams: the client may not be in them any more, and get nothing. */
const maxGapDelayMs = 100;
/** Gaps, and events behind them, that may wait. */
const maxHeld = 1_000;

/** Makes up for events that were missed between two connections; for one client. */
export interface Resume extends ResumeExtension {
  /** Where the client stands in every stream; plain JSON that can be stored. */
  positions(): ResumePosition[];
}

/**
 * Each event that the server marks as replayable is seen exactly once and in order, across connections, or `onGap`
 * says that some are lost: `createClient(url, { resume: createResume({ onGap }) })`. The protocol is in
 * docs/protocol.md, "Resuming".
 */
export function createResume(options: ResumeOptions = {}): Resume {
  const { positions = [], maxStreams = 256, onGap, onResumed } = options;
  let { maxMessageBytes = 4_096 } = options;
  /** The server has answered the positions of this connection. */
  let isAnswered = true;
  /** The positions that were sent on this connection. */
  let opening: readonly ResumePosition[] = [];
  const streams = new StreamPositions(maxStreams);
  for (const position of positions.filter(isPosition)) streams.set(position, false);

  let host: ResumeHost | undefined;

  // What a callback throws must not keep the event from its listeners.
  const call = <T>(callback: ((value: T) => void) | undefined, value: T): void => {
    try {
      callback?.(value);
    } catch (error) {
      host?.onError(error);
    }
  };
  const gaps: ResumeGap[] = [];
  /** What is to happen after the call for the gaps, in order. */
  const held: (() => void)[] = [];
  let stopTimer: (() => void) | undefined;

  const noteGap = ({ event, stream }: ResumePosition, reason: ResumeGap["reason"], missed?: number): void => {
    gaps.push({ event, stream, reason, missed });
    stopTimer ??= host && startTimer(host.clock, maxGapDelayMs, flush);
  };
  const flush = (): void => {
    stopTimer?.();
    stopTimer = undefined;
    if (gaps.length > 0) call(onGap, gaps.splice(0));
    for (const run of held.splice(0)) run();
  };
  const flushWhenComplete = (): void => {
    if (gaps.length > 0 && (!streams.isResuming || gaps.length + held.length >= maxHeld)) flush();
  };

  /** @returns whether the event is new */
  const admitEvent = (next: ResumePosition): boolean => {
    const current = streams.get(next);
    if (!current && isRenamed(next)) return false;
    const ahead = current ? distance(current.position, next) : 1;
    const isNext = ahead === 1;
    const isSeen = ahead !== undefined && ahead < 1;
    // While resuming, what does not come next comes again in its turn.
    if (!isNext && (isSeen || current?.isResuming)) return false;
    streams.set(next, current?.isResuming ?? false);
    if (ahead === undefined) noteGap(next, "gone");
    else if (!isNext) noteGap(next, "dropped", ahead - 1);
    flushWhenComplete();
    return true;
  };

  /**
   * A stream of a server that does not know the names which the client was given: what of it comes before the server has
   * read the positions comes again, behind the gap.
   */
  const isRenamed = (next: ResumePosition): boolean =>
    !isAnswered && opening.some((known) => hasOtherKey(known, next));

  /** The server knows its streams by other names than before: those that were sent mean nothing any more. */
  const forgetOldNames = (notice: StreamNotice): void => {
    for (const position of opening) {
      if (hasOtherKey(position, notice) && streams.get(position)?.isResuming) streams.delete(position);
    }
  };

  const follow = (notice: StreamNotice): void => {
    const current = streams.get(notice);
    if (notice.left) {
      streams.delete(notice);
      return;
    }
    if (!current && notice.gap) forgetOldNames(notice);
    const ahead = current && distance(current.position, notice);
    // Not ahead: the client went on with new events before the server knew where it stood.
    const isAhead = ahead === undefined || ahead > 0;
    streams.set(current && !isAhead ? current.position : notice, notice.gap ?? false);
    // Whoever has just entered a stream has missed nothing of it.
    if (!current?.isResuming && !(notice.gap && !current)) return;
    if (isAhead) noteGap(notice, notice.gap || ahead === undefined ? "gone" : "dropped", ahead);
    if (notice.gap) return;
    if (gaps.length > 0) held.push(() => call(onResumed, notice));
    else call(onResumed, notice);
  };

  return {
    positions() {
      // What waits counts as seen, so it must not be lost with the page.
      flush();
      return streams.positions();
    },
    openingMessages() {
      flush();
      isAnswered = false;
      const known = streams.positions();
      opening = known;
      for (const position of known) streams.set(position, true);
      return resumeMessages(known, maxMessageBytes);
    },
    admit(message, client) {
      host = client;
      const notices: unknown = message?.resume;
      if (Array.isArray(notices)) {
        isAnswered = true;
        for (const notice of notices.filter(isPosition)) follow(notice);
        flushWhenComplete();
        return false;
      }
      if (!isPosition(message)) return true;
      const isNew = admitEvent(message);
      if (!isNew || gaps.length === 0) return isNew;
      held.push(() => client.deliver(message));
      return false;
    },
    cut(closeCode) {
      flush();
      // The server takes less than it was sent; what no longer fits is left out, and the server's notice reports the gap.
      if (closeCode === 1009 && !isAnswered) maxMessageBytes /= 4;
    },
  };
}
