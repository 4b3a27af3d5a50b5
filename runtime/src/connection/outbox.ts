import type { SlowConsumerPolicy } from "../config/choices.js";
import type { Payload } from "../protocol/codec.js";
import { type Flushable, flushCycle } from "./flush-cycle.js";
import type { FrameJoiner } from "./join-frames.js";
import type { PreparedMessage } from "./prepared-message.js";

/** What the outboxes of one module have in common. */
export interface OutboxRules {
  /** Bytes that may wait for one client once its socket has stopped taking them. */
  readonly maxWaitingBytes: number;
  readonly policy: SlowConsumerPolicy;
}

/** Whom an outbox tells about its client. */
export interface OutboxOwner {
  /** More than the limit waits and the policy is `close`. */
  slowConsumer(): void;
  /** The policy made this many messages disappear. */
  messagesDropped(count: number): void;
}

/**
 * What waits to be sent to one client. Messages of one turn of the event loop go out in one write at its end. What the
 * socket does not take then blocks the outbox: later messages are kept here, one by one, until the socket is free,
 * and past the limit the module's policy for slow consumers applies.
 */
export abstract class Outbox<Item extends { readonly length: number }> implements Flushable {
  /** When the socket stopped taking, in the milliseconds of `performance.now()`; 0 while it takes. */
  blockedSinceMs = 0;
  #pending: Item | Item[] | undefined;
  #pendingBytes = 0;
  #isDirty = false;
  #isEnded = false;
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

  protected add(item: Item): void {
    if (this.#isEnded) return;
    this.#pendingBytes += item.length;
    this.#append(item);
    if (this.#isDirty) return;
    this.#isDirty = true;
    flushCycle.add(this);
  }

  flush(joiner: FrameJoiner): void {
    this.#isDirty = false;
    if (this.#isEnded || this.#pending === undefined) return;
    if (this.blockedSinceMs > 0) this.#limitWaiting();
    else this.#writePending(joiner);
  }

  /** Hands everything to the socket now, so that what follows (a close frame) follows it. Nothing is taken after this. */
  finish(): void {
    if (!this.#isEnded && this.#pending !== undefined) this.write(this.#takePending(), undefined);
    this.#isEnded = true;
  }

  /** Forgets what waits. Nothing is taken after this. */
  discard(): void {
    this.#takePending();
    this.#isEnded = true;
  }

  #append(item: Item): void {
    const pending = this.#pending;
    if (pending === undefined) {
      this.#pending = item;
    } else if (Array.isArray(pending)) {
      pending.push(item);
    } else {
      // A blocked outbox keeps its messages apart, for the policies drop whole messages.
      const merged = this.blockedSinceMs === 0 ? this.merge(pending, item) : undefined;
      this.#pending = merged ?? [pending, item];
    }
  }

  #takePending(): Item | Item[] {
    const pending = this.#pending ?? [];
    this.#pending = undefined;
    this.#pendingBytes = 0;
    return pending;
  }

  #writePending(joiner: FrameJoiner | undefined): void {
    this.write(this.#takePending(), joiner);
    if (this.untakenBytes() === 0) return;
    this.blockedSinceMs = performance.now();
    this.whenTaken(() => {
      this.blockedSinceMs = 0;
      if (!this.#isEnded && this.#pending !== undefined) this.#writePending(undefined);
    });
  }

  #limitWaiting(): void {
    const room = this.#rules.maxWaitingBytes - this.untakenBytes();
    if (this.#pendingBytes <= room) return;
    if (this.#rules.policy === "close") {
      this.discard();
      this.#owner.slowConsumer();
    } else {
      this.#drop(room);
    }
  }

  #drop(room: number): void {
    const pending = this.#takePending();
    const kept = Array.isArray(pending) ? pending : [pending];
    const before = kept.length;
    let bytes = kept.reduce((sum, item) => sum + item.length, 0);
    while (bytes > room && kept.length > 0) {
      const dropped = this.#rules.policy === "drop-newest" ? kept.pop() : kept.shift();
      bytes -= dropped?.length ?? 0;
    }
    this.#pending = kept.length > 0 ? kept : undefined;
    this.#pendingBytes = bytes;
    this.#owner.messagesDropped(before - kept.length);
  }
}
