import type { SlowConsumerPolicy } from "../config/choices.js";
import type { Payload } from "../protocol/codec.js";
import type { Connection } from "./connection.js";
import { FrameJoiner, type PreparedMessage, type QueuedItem } from "./frame.js";
import { type Delivery, WaitingMessages } from "./waiting-messages.js";

/** The shared options of the outboxes of one module. */
export interface OutboxRules {
  /** Bytes that may wait for one client, in addition to those given to its socket. */
  readonly maxWaitingBytes: number;
  readonly policy: SlowConsumerPolicy;
}

/**
 * Smallest number of bytes given to the socket at once. A clock tick detects progress only when the socket takes a
 * whole piece. With 64 KiB within `writeWait` (10 s by default), a client may read as slowly as 6.5 KB/s.
 */
const smallestPiece = 65_536;
/**
 * Pieces grow up to this many bytes while the socket keeps accepting them. Larger pieces need fewer system calls and,
 * over TLS, fewer turns.
 */
const largestPiece = 262_144;
/**
 * Over TLS, a socket accepts nothing in the turn of a write, however fast the client is. So a client counts as slow
 * only in one of two cases: its socket has accepted nothing for this many turns, or more bytes wait above the limit
 * than one turn can explain.
 */
const patientTurns = 2;
const patientBytes = 1_048_576;
/**
 * Messages that arrive while the socket is empty and the compressor is busy do not count against the client. This
 * limits memory: once a turn has reached this many excused bytes, no more are excused. Then the client counts as slow,
 * although the server is the cause.
 */
const maxExcusedBytes = 4_194_304;

/**
 * Collects the connections with messages to send, and flushes each of them once per turn of the event loop. So all
 * replies to the frames read in one turn cost one write per connection.
 */
class FlushCycle {
  readonly #joiner = new FrameJoiner();
  #dirty: Pick<Outbox<never>, "flush">[] = [];
  #isScheduled = false;

  add(outbox: Pick<Outbox<never>, "flush">): void {
    this.#dirty.push(outbox);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(this.#run);
  }

  readonly #run = (): void => {
    const dirty = this.#dirty;
    this.#dirty = [];
    this.#isScheduled = false;
    for (const outbox of dirty) outbox.flush(this.#joiner);
    this.#joiner.clear();
  };
}

/** One instance per process, because all connections share the event loop. */
const flushCycle = new FlushCycle();

/**
 * The send queue of one client. The messages of one turn of the event loop are sent in one write at the end of the
 * turn. The outbox is blocked while the socket has not accepted all bytes of that write, or the compressor still works
 * on them. Later messages then wait here, one by one, until the socket has accepted everything. Above the limit, the
 * slow-consumer policy applies: that of the message, or that of the module.
 */
export abstract class Outbox<Item extends QueuedItem> {
  #pending: Item | Item[] | undefined;
  #waiting: WaitingMessages<Item> | undefined;
  #isDirty = false;
  #isEnded = false;
  #onDrained: ((isDrained: boolean) => void)[] | undefined;
  #isBlocked = false;
  /** True if the socket has accepted bytes since the last clock tick. */
  #hasTaken = false;
  /** The time of the last clock tick with progress, in whole milliseconds. */
  #stalledSinceMs = 0;
  /**
   * Waiting bytes that arrived while the compressor was busy and the socket was empty. They do not count toward the
   * limit.
   */
  #excusedBytes = 0;
  /** True if the compressor was busy at the last check. Messages since then are excused, too. */
  #wasCompressing = false;
  /** The number of turns above the limit in which the socket has accepted nothing. */
  #quietTurns = 0;
  /** True if a message with the policy `drop-newest` has no room and cannot replace another one. */
  #isFull = false;
  #pieceBytes = smallestPiece;
  #deferred: (() => void)[] | undefined;
  readonly #rules: OutboxRules;
  protected readonly owner: Connection;

  constructor(rules: OutboxRules, owner: Connection) {
    this.#rules = rules;
    this.owner = owner;
  }

  /** @returns false if the message was dropped at once, because the client is a slow consumer */
  abstract send(payload: Payload, compress?: boolean, delivery?: Delivery): boolean;
  /** As `send`. */
  abstract sendPrepared(message: PreparedMessage): boolean;
  /** Joins two items if this is cheap. Undefined: they stay separate. */
  protected abstract merge(left: Item, right: Item): Item | undefined;
  /** Gives items to the socket: all of them, or as much as `pieceBytes` allows. `writeRest` continues. */
  protected abstract write(
    items: Item | readonly Item[],
    pieceBytes: number,
    joiner: FrameJoiner | undefined,
  ): void;
  /** Gives the socket the next piece of the last `write`. @returns false if no piece was left */
  protected abstract writeRest(pieceBytes: number): boolean;
  /** True if a part of the last `write` has not been given to the socket. */
  protected abstract get hasRest(): boolean;
  /** Bytes that were given to the socket and that it has not accepted. */
  protected abstract untakenBytes(): number;
  /** Bytes of the last `write` that the socket has not accepted, or has not been given yet. */
  protected abstract unsentBytes(): number;
  /** Calls back once the socket has accepted everything that it was given. */
  protected abstract whenTaken(callback: () => void): void;

  /** Bytes of the waiting messages, without those of a replay. */
  protected get waitingBytes(): number {
    return this.#waiting?.countedBytes ?? 0;
  }

  /** Exempts the messages that wait now from the limit. */
  protected excuseWaiting(): void {
    this.#excusedBytes = this.waitingBytes;
  }

  /** Bytes that were sent and that the socket has not taken. */
  get bufferedBytes(): number {
    const pending = this.#pending;
    const pendingBytes = Array.isArray(pending)
      ? pending.reduce((sum, { length }) => sum + length, 0)
      : (pending?.length ?? 0);
    return pendingBytes + (this.#waiting?.bytes ?? 0) + this.unsentBytes();
  }

  /** @returns false if it was dropped at once */
  protected add(item: Item, delivery?: Delivery): boolean {
    if (this.#isEnded) return false;
    const { observers } = this.owner.module;
    if (observers.seesMessages) observers.notify((observer) => observer.messageQueued?.(this.owner, item));
    if (!this.#isBlocked) this.#append(item);
    else if (this.#isDroppedAtOnce(item, delivery)) {
      this.owner.onMessagesDropped([{ item, delivery }]);
      return false;
    } else this.#wait(item, delivery);
    this.owner.module.counters.bytesOut += item.length;
    this.#flushLater();
    return true;
  }

  #isDroppedAtOnce(item: Item, delivery: Delivery | undefined): boolean {
    if (!this.#isFull) return false;
    if ((delivery?.policy ?? this.#rules.policy) !== "drop-newest") return false;
    return this.waitingBytes + item.length > this.#limitBytes;
  }

  get #limitBytes(): number {
    return this.#rules.maxWaitingBytes + this.#excusedBytes;
  }

  flush(joiner: FrameJoiner): void {
    this.#isDirty = false;
    if (this.#isEnded) return;
    try {
      if (this.#isBlocked) this.#limitWaiting();
      else this.#writePending(joiner);
      this.#checkDrained();
    } catch (error) {
      this.owner.onFlushError(error);
    }
  }

  /**
   * Calls back once: with true when nothing waits here or in the socket any more, with false when the connection ends.
   */
  whenDrained(callback: (isDrained: boolean) => void): void {
    this.#onDrained ??= [];
    this.#onDrained.push(callback);
    this.#flushLater();
  }

  #checkDrained(): void {
    if (this.#onDrained === undefined || this.#isEnded || this.#isBlocked || !this.isTaken()) return;
    this.#callDrained(true);
  }

  #callDrained(isDrained: boolean): void {
    const callbacks = this.#onDrained ?? [];
    this.#onDrained = undefined;
    for (const callback of callbacks) callback(isDrained);
  }

  /** Called when the socket has taken bytes. */
  protected noteTaken(): void {
    this.#hasTaken = true;
    this.#quietTurns = 0;
    this.#isFull = false;
  }

  /** True if all written bytes have left the process. */
  protected isTaken(): boolean {
    return this.untakenBytes() === 0;
  }

  /** Gives everything to the socket now, so that a close frame comes after it. Accepts no messages after this. */
  finish(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.writeRest(Number.POSITIVE_INFINITY);
    this.#runDeferred();
    const pending = this.#takePending();
    if (pending !== undefined) this.write(pending, Number.POSITIVE_INFINITY, undefined);
  }

  /** Drops the waiting messages. Accepts none after this. */
  discard(): void {
    this.#takePending();
    this.#deferred = undefined;
    this.#isEnded = true;
    this.#callDrained(false);
  }

  /** Sends a ping or a pong without queuing it: at once, or directly after the frame that is partly sent. */
  betweenFrames(write: () => void): void {
    if (!this.hasRest || this.#isEnded) write();
    else {
      this.#deferred ??= [];
      this.#deferred.push(write);
    }
  }

  /**
   * Milliseconds in which the socket has accepted no byte although bytes wait for it, measured at clock ticks.
   * Undefined: no bytes wait for the socket.
   */
  stalledMs(nowMs: number): number | undefined {
    if (!this.#isBlocked) return undefined;
    if (this.#hasTaken || this.untakenBytes() === 0) {
      this.#hasTaken = false;
      this.#stalledSinceMs = Math.trunc(nowMs);
    } else {
      this.#pieceBytes = smallestPiece;
    }
    return nowMs - this.#stalledSinceMs;
  }

  #flushLater(): void {
    if (this.#isDirty) return;
    this.#isDirty = true;
    flushCycle.add(this);
  }

  #append(item: Item): void {
    const pending = this.#pending;
    if (pending === undefined) this.#pending = item;
    else if (Array.isArray(pending)) pending.push(item);
    else this.#pending = this.merge(pending, item) ?? [pending, item];
  }

  #wait(item: Item, delivery: Delivery | undefined): void {
    this.#isFull = false;
    this.#waiting ??= new WaitingMessages();
    const replaced = this.#waiting.add(item, delivery);
    if (replaced !== undefined) this.owner.onMessagesDropped([replaced]);
  }

  /** Either `#waiting` or `#pending` is empty: all messages since the outbox was blocked are in `#waiting`. */
  #takePending(): Item | readonly Item[] | undefined {
    const pending: Item | readonly Item[] | undefined = this.#waiting?.items() ?? this.#pending;
    this.#waiting = undefined;
    this.#pending = undefined;
    this.#excusedBytes = 0;
    return pending;
  }

  /** Writes the waiting messages as long as the socket accepts them. */
  #writePending(joiner: FrameJoiner | undefined): void {
    for (let pending = this.#takePending(); pending !== undefined; pending = this.#takePending()) {
      this.write(pending, this.#pieceBytes, joiner);
      while (this.isTaken() && this.writeRest(this.#pieceBytes)) this.#enlargePiece();
      if (!this.isTaken()) {
        this.#block();
        return;
      }
      this.#runDeferred();
    }
    this.#isBlocked = false;
  }

  /** True if the socket is empty only because the compressor is still busy. */
  get #isCompressing(): boolean {
    return this.untakenBytes() === 0 && !this.isTaken();
  }

  #block(): void {
    this.#isBlocked = true;
    this.#wasCompressing = this.#isCompressing;
    this.noteTaken();
    this.whenTaken(() => {
      if (this.#isEnded) return;
      try {
        this.#continueWriting();
        this.#checkDrained();
      } catch (error) {
        this.owner.onFlushError(error);
      }
    });
  }

  /** Called when the socket has accepted all bytes that it was given. */
  #continueWriting(): void {
    if (this.writeRest(this.#pieceBytes)) {
      this.#enlargePiece();
      this.#block();
      return;
    }
    this.#runDeferred();
    this.#writePending(undefined);
  }

  #enlargePiece(): void {
    this.#pieceBytes = Math.min(2 * this.#pieceBytes, largestPiece);
  }

  #runDeferred(): void {
    const deferred = this.#deferred;
    if (deferred === undefined) return;
    this.#deferred = undefined;
    for (const write of deferred) write();
  }

  #limitWaiting(): void {
    const isCompressing = this.#isCompressing;
    if ((isCompressing || this.#wasCompressing) && this.#excusedBytes < maxExcusedBytes) this.excuseWaiting();
    this.#wasCompressing = isCompressing;
    const limitBytes = this.#limitBytes;
    const excessBytes = this.waitingBytes - limitBytes;
    if (excessBytes <= 0) return;
    if (this.#quietTurns < patientTurns && excessBytes <= patientBytes) {
      this.#quietTurns += 1;
      this.#flushLater();
      return;
    }
    this.#pieceBytes = smallestPiece;
    const limited = this.#waiting?.limit(limitBytes, this.#rules.policy);
    if (limited === undefined) return;
    if (limited.dropped.length > 0) this.owner.onMessagesDropped(limited.dropped);
    this.#isFull = limited.hasDroppedNewest;
    if (limited.fits) return;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    this.owner.onSlowConsumer(waiting);
  }
}
