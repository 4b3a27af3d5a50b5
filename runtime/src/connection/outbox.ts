import type { SlowConsumerPolicy } from "../config/choices.js";
import type { Payload } from "../protocol/codec.js";
import type { Connection } from "./connection.js";
import { FrameJoiner, type PreparedMessage } from "./frame.js";
import { type Delivery, WaitingMessages } from "./waiting-messages.js";

/** The shared options of the outboxes of one module. */
export interface OutboxRules {
  /** Bytes that may wait for one client, in addition to those given to its socket. */
  readonly maxWaitingBytes: number;
  readonly policy: SlowConsumerPolicy;
}

/** The connection of an outbox. */
export type OutboxOwner = Pick<
  Connection,
  "onSlowConsumer" | "onMessagesDropped" | "onFlushError" | "holdCommands" | "releaseCommands"
>;

/**
 * A piece that the socket takes is all that a look at the clock can see of a slow reader: at 64 KiB in `writeWait`, 10 s
 * by default, a client may read as slowly as 6.5 KB/s.
 */
const smallestPiece = 65_536;
/** While the socket keeps taking, pieces grow up to this many bytes: fewer system calls, and over TLS fewer turns. */
const largestPiece = 262_144;
/**
 * Over TLS a socket takes nothing in the turn of a write, however fast its client is. So a client is judged only when its
 * socket has taken nothing for this many turns, or when so many bytes wait above the limit that no turn explains them.
 */
const patientTurns = 2;
const patientBytes = 1_048_576;
/**
 * What comes while the socket has nothing to take, because our compressor is still at work, is held against no client.
 * It bounds memory, so no more is excused once a turn has reached so many bytes: then the client counts as slow, although
 * the server is.
 */
const maxExcusedBytes = 4_194_304;

/**
 * Collects the connections that have something to send and flushes each of them once per turn of the event loop, so
 * that the replies to everything that one turn read cost one write per connection.
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

/** One for the process, because all connections share the event loop. */
const flushCycle = new FlushCycle();

/**
 * What waits to be sent to one client. Messages of one turn of the event loop go out in one write at its end. What the
 * socket does not take then, or our compressor still holds, blocks the outbox: later messages wait here, one by one,
 * until the socket has taken everything that it was given, and past the limit the policies for slow consumers apply: the
 * message's own, or the module's.
 */
export abstract class Outbox<Item extends { readonly length: number }> {
  #pending: Item | Item[] | undefined;
  #waiting: WaitingMessages<Item> | undefined;
  #isDirty = false;
  #isEnded = false;
  #onDrained: ((isDrained: boolean) => void)[] | undefined;
  #isBlocked = false;
  /** True if the socket has taken bytes since the last look at the clock. */
  #hasTaken = false;
  /** The time of that look, in whole milliseconds. */
  #stalledSinceMs = 0;
  /** Of what waits: bytes that came while the compressor was at work and the socket had nothing to take. */
  #excusedBytes = 0;
  /** Was it at the last look? What has come since then is excused, too. */
  #wasCompressing = false;
  /** Turns over the limit in which the socket has taken nothing. */
  #quietTurns = 0;
  /** Is there no room, nor a message that another would replace, for one whose policy is `drop-newest`? */
  #isFull = false;
  #pieceBytes = smallestPiece;
  #deferred: (() => void)[] | undefined;
  readonly #rules: OutboxRules;
  protected readonly owner: OutboxOwner;

  constructor(rules: OutboxRules, owner: OutboxOwner) {
    this.#rules = rules;
    this.owner = owner;
  }

  /** @returns false if the message was dropped at once, because the client is a slow consumer */
  abstract send(payload: Payload, compress?: boolean): boolean;
  /** As `send`. */
  abstract sendPrepared(message: PreparedMessage): boolean;
  /** Joins two items, if that costs nothing. */
  protected abstract merge(left: Item, right: Item): Item | undefined;
  /** Gives items to the socket: all of them, or what `pieceBytes` allows; `writeRest` goes on. */
  protected abstract write(
    items: Item | readonly Item[],
    pieceBytes: number,
    joiner: FrameJoiner | undefined,
  ): void;
  /** Gives the socket the next piece of the last `write`. False: it has been given everything. */
  protected abstract writeRest(pieceBytes: number): boolean;
  /** Is the socket still to be given something of the last `write`? */
  protected abstract get hasRest(): boolean;
  /** Bytes given to the socket that it has not taken. */
  protected abstract untakenBytes(): number;
  /** Bytes of the last `write` that the socket has not taken, or has not been given yet. */
  protected abstract unsentBytes(): number;
  /** Calls back once the socket has taken everything that it was given. */
  protected abstract whenTaken(callback: () => void): void;

  /** Of the messages that wait, without those of a replay. */
  protected get waitingBytes(): number {
    return this.#waiting?.countedBytes ?? 0;
  }

  /** What waits by now counts against no limit. */
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
    if (!this.#isBlocked) this.#append(item);
    else if (this.#isDroppedAtOnce(item, delivery)) {
      this.owner.onMessagesDropped(1);
      return false;
    } else this.#wait(item, delivery);
    this.#flushLater();
    return true;
  }

  #isDroppedAtOnce(item: Item, delivery: Delivery | undefined): boolean {
    if (!this.#isFull) return false;
    const { maxWaitingBytes, policy } = this.#rules;
    if ((delivery?.policy ?? policy) !== "drop-newest") return false;
    return this.waitingBytes + item.length > maxWaitingBytes + this.#excusedBytes;
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

  /** Calls back, once: with true when nothing waits here or in the socket any more, with false at the end. */
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

  /** Hands everything to the socket now, so that what follows (a close frame) follows it. Nothing is taken after this. */
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

  /** Writes past the outbox, a ping or a pong: at once, or behind the frame whose rest we still hold. */
  betweenFrames(write: () => void): void {
    if (!this.hasRest || this.#isEnded) write();
    else {
      this.#deferred ??= [];
      this.#deferred.push(write);
    }
  }

  /**
   * For how many milliseconds the socket has taken no byte although there are some for it, as seen from look to look.
   * Undefined: nothing waits for the socket.
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
    if (replaced > 0) this.owner.onMessagesDropped(replaced);
  }

  /** One of the two is empty: what waits is all that came since the outbox is blocked. */
  #takePending(): Item | readonly Item[] | undefined {
    const pending = this.#waiting?.items() ?? this.#pending;
    this.#waiting = undefined;
    this.#pending = undefined;
    this.#excusedBytes = 0;
    return pending;
  }

  /** Writes the waiting messages while the socket takes them. */
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

  /** Has the socket nothing to take, because the compressor is still at work? */
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
        this.#goOn();
        this.#checkDrained();
      } catch (error) {
        this.owner.onFlushError(error);
      }
    });
  }

  /** Called when the socket has taken all given bytes. */
  #goOn(): void {
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
    const { maxWaitingBytes, policy } = this.#rules;
    const { waitingBytes } = this;
    const isCompressing = this.#isCompressing;
    if ((isCompressing || this.#wasCompressing) && this.#excusedBytes < maxExcusedBytes) this.excuseWaiting();
    this.#wasCompressing = isCompressing;
    const limitBytes = maxWaitingBytes + this.#excusedBytes;
    const excessBytes = waitingBytes - limitBytes;
    if (excessBytes <= 0) return;
    if (this.#quietTurns < patientTurns && excessBytes <= patientBytes) {
      this.#quietTurns += 1;
      this.#flushLater();
      return;
    }
    this.#pieceBytes = smallestPiece;
    const limited = this.#waiting?.limit(limitBytes, policy);
    if (limited === undefined) return;
    if (limited.dropped > 0) this.owner.onMessagesDropped(limited.dropped);
    this.#isFull = limited.hasDroppedNewest;
    if (limited.fits) return;
    this.#waiting = undefined;
    this.owner.onSlowConsumer();
  }
}
