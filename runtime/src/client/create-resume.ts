import { isPosition, type ResumePosition, type StreamNotice } from "../wire.js";
import type { ResumeExtension, ResumeHost } from "./client-options.js";
import { startTimer } from "./limited-wait.js";
import { distance, hasOtherKey, resumeMessages, StreamPositions } from "./stream-positions.js";

export interface ResumeOptions {
  /** The positions to resume from, returned by `positions()` of an earlier client. */
  readonly positions?: readonly ResumePosition[] | undefined;
  /**
   * Called if events are lost and the client must reload its state. Called once for all streams of a reconnect, before the
   * events that follow the gaps. Up to 1,000 of these wait for it, at most 100 ms.
   */
  readonly onGap?: ((gaps: readonly ResumeGap[]) => void) | undefined;
  /** Called when all missed events of a stream have arrived. */
  readonly onResumed?: ((position: ResumePosition) => void) | undefined;
  /** The most streams with a position. Above it, the one longest without an event is no longer resumed. Default 256. */
  readonly maxStreams?: number | undefined;
  /**
   * The server's `maxMessageSize` in bytes. Default 4,096. If the server closes with 1009, the client reduces it.
   */
  readonly maxMessageBytes?: number | undefined;
}

/** Lost events of a stream. */
export interface ResumeGap {
  readonly event: string;
  readonly stream: string | undefined;
  /** `gone`: the server no longer has them. `dropped`: its policy for slow consumers dropped them. */
  readonly reason: "gone" | "dropped";
  /** Their number; undefined if unknown. */
  readonly missed: number | undefined;
}

/** The longest wait of a gap for the gaps of other streams. These may never arrive if the client has left the streams. */
const maxGapDelayMs = 100;
/** The most waiting gaps and events behind them. */
const maxHeld = 1_000;

/** Fetches the events that one client missed between two connections. */
export interface Resume extends ResumeExtension {
  /** The client's position in every stream, as plain JSON that can be stored. */
  positions(): ResumePosition[];
}

/**
 * Delivers each replayable event exactly once and in order across connections, or calls `onGap` if some are lost:
 * `createClient(url, { resume: createResume({ onGap }) })`. The protocol is in docs/protocol.md, "Resuming".
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

  // An exception of a callback must not prevent the delivery of the event.
  const call = <T>(callback: ((value: T) => void) | undefined, value: T): void => {
    try {
      callback?.(value);
    } catch (error) {
      host?.onError(error);
    }
  };
  const gaps: ResumeGap[] = [];
  /** The calls that wait for the report of the gaps, in order. */
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
    // While resuming, the server sends an event that is not the next one again in order.
    if (!isNext && (isSeen || current?.isResuming)) return false;
    streams.set(next, current?.isResuming ?? false);
    if (ahead === undefined) noteGap(next, "gone");
    else if (!isNext) noteGap(next, "dropped", ahead - 1);
    flushWhenComplete();
    return true;
  };

  /**
   * True for a stream of a server that uses other names. The events that it sends before it has read the positions are sent
   * again after the gap.
   */
  const isRenamed = (next: ResumePosition): boolean =>
    !isAnswered && opening.some((known) => hasOtherKey(known, next));

  /** Forgets the streams with names that the server does not use any more. */
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
    // Not ahead: the client has received new events before the server knew its position.
    const isAhead = ahead === undefined || ahead > 0;
    streams.set(current && !isAhead ? current.position : notice, notice.gap ?? false);
    // A client that has just entered a stream has missed no event.
    if (!current?.isResuming && !notice.gap) return;
    if (isAhead) noteGap(notice, notice.gap || ahead === undefined ? "gone" : "dropped", ahead);
    if (notice.gap) return;
    if (gaps.length > 0) held.push(() => call(onResumed, notice));
    else call(onResumed, notice);
  };

  return {
    positions() {
      // Waiting events count as seen, so they are delivered before the positions are stored.
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
      // The server accepts only shorter messages. Positions that do not fit are left out, and the server reports the gap.
      if (closeCode === 1009 && !isAnswered) maxMessageBytes /= 4;
    },
  };
}
