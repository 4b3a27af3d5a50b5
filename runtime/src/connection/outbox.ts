import type { SlowConsumerPolicy } from "../config/choices.js";
import type { Payload } from "../protocol/codec.js";
import { type Flushable, flushCycle } from "./flush-cycle.js";
import type { FrameJoiner } from "./join-frames.js";
import type { PreparedMessage } from "./prepared-message.js";
import { type Delivery, WaitingMessages } from "./waiting-messages.js";

/** What the outboxes of one module have in common. */
export interface OutboxRules {
  /** Bytes that may wait for one client once its socket has stopped taking them. */
  readonly maxWaitingBytes: number;
  readonly policy: SlowConsumerPolicy;
}

/** Whom an outbox tells about its client. */
export interface OutboxOwner {
  /** More than the limit waits and none of it may be dropped. */
  slowConsumer(): void;
  /** The policy made this many messages disappear. */
  messagesDropped(count: number): void;
}

/**
 * What waits to be sent to one client. Messages of one turn of the event loop go out in one write at its end. What the
 * socket does not take then blocks the outbox: later messages wait here, one by one, until the socket is free, and past
 * the limit the policies for slow consumers apply: the message's own, or the module's.
 */
export abstract class Outbox<Item extends { readonly length: number }> implements Flushable {
  /** When the socket stopped taking, in the milliseconds of `performance.now()`; 0 while it takes. */
  blockedSinceMs = 0;
  #pending: Item | Item[] | undefined;
  #waiting: WaitingMessages<Item> | undefined;
  /** Of what was written, or will be at the end of this turn: bytes that do not count as slowness. */
  #exemptBytes = 0;
  #isDirty = false;
  #isEnded = false;
  #onDrained: (() => void) | undefined;
  readonly #rules: OutboxRules;
  readonly #owner: OutboxOwner;

  constructor(rules: OutboxRules, owner: OutboxOwner) {
    this.#rules = rules;
    this.#owner = owner;
  }

  abstract send(payload: Payload, compress?: boolean): void;
  abstract sendPrepared(message: PreparedMessage): void;
  /** Two items as one, where that costs nothing. */
  protected abstract merge(left: Item, right: Item): Item | undefined;
  protected abstract write(items: Item | readonly Item[], joiner: FrameJoiner | undefined): void;
  /** Bytes that were written and that the socket has not taken. */
  protected abstract untakenBytes(): number;
  /** Calls back once the socket has taken everything that was written. */
  protected abstract whenTaken(callback: () => void): void;

  protected add(item: Item, delivery?: Delivery): void {
    if (this.#isEnded) return;
    if (this.blockedSinceMs > 0) {
      this.#wait(item, delivery);
    } else {
      if (delivery?.policy === "replay") this.#exemptBytes += item.length;
      this.#append(item);
    }
    if (this.#isDirty) return;
    this.#isDirty = true;
    flushCycle.add(this);
  }

  flush(joiner: FrameJoiner): void {
    this.#isDirty = false;
    if (this.#isEnded) return;
    if (this.blockedSinceMs > 0) this.#limitWaiting();
    else this.#writePending(joiner);
    this.checkDrained();
  }

  /** Calls back, once, when nothing waits here or in the socket any more; never after the end. One callback at a time. */
  whenDrained(callback: () => void): void {
    this.#onDrained = callback;
    if (this.#isDirty) return;
    this.#isDirty = true;
    flushCycle.add(this);
  }

  /** Called where that may be so. */
  protected checkDrained(): void {
    if (this.#onDrained === undefined || this.#isEnded || this.blockedSinceMs > 0 || !this.isTaken()) return;
    const callback = this.#onDrained;
    this.#onDrained = undefined;
    callback();
  }

  /** Has everything that was written left the process? */
  protected isTaken(): boolean {
    return this.untakenBytes() === 0;
  }

  /** Hands everything to the socket now, so that what follows (a close frame) follows it. Nothing is taken after this. */
  finish(): void {
    const pending = this.#takePending();
    if (!this.#isEnded && pending !== undefined) this.write(pending, undefined);
    this.#isEnded = true;
  }

  /** Forgets what waits. Nothing is taken after this. */
  discard(): void {
    this.#takePending();
    this.#isEnded = true;
  }

  #append(item: Item): void {
    const pending = this.#pending;
    if (pending === undefined) this.#pending = item;
    else if (Array.isArray(pending)) pending.push(item);
    else this.#pending = this.merge(pending, item) ?? [pending, item];
  }

  #wait(item: Item, delivery: Delivery | undefined): void {
    this.#waiting ??= new WaitingMessages();
    const replaced = this.#waiting.add(item, delivery);
    if (replaced > 0) this.#owner.messagesDropped(replaced);
  }

  /** One of the two is empty: what waits is all that came since the outbox is blocked. */
  #takePending(): Item | readonly Item[] | undefined {
    const pending = this.#waiting?.items() ?? this.#pending;
    this.#waiting = undefined;
    this.#pending = undefined;
    return pending;
  }

  #writePending(joiner: FrameJoiner | undefined): void {
    this.#exemptBytes += this.#waiting?.exemptBytes ?? 0;
    const pending = this.#takePending();
    if (pending === undefined) return;
    this.write(pending, joiner);
    if (this.untakenBytes() === 0) {
      this.#exemptBytes = 0;
      return;
    }
    this.blockedSinceMs = performance.now();
    this.whenTaken(() => {
      this.blockedSinceMs = 0;
      this.#exemptBytes = 0;
      if (!this.#isEnded) this.#writePending(undefined);
      this.checkDrained();
    });
  }

  #limitWaiting(): void {
    const { maxWaitingBytes, policy } = this.#rules;
    const countedBytes = Math.max(0, this.untakenBytes() - this.#exemptBytes);
    const limited = this.#waiting?.limit(maxWaitingBytes - countedBytes, policy);
    if (limited === undefined) return;
    if (limited.dropped > 0) this.#owner.messagesDropped(limited.dropped);
    if (limited.fits) return;
    this.discard();
    this.#owner.slowConsumer();
  }
}
