import type { SlowConsumerPolicy } from "../config/choices.js";

/** What one message is for slow consumers. */
export type Delivery = {
  /** The event, if the module declares it. */
  readonly event?: string;
} & (
  | { readonly policy: SlowConsumerPolicy }
  /** The module's policy. */
  | { readonly policy?: undefined }
  /** Only the last waiting message with the same key is kept. It is never dropped for lack of room. */
  | { readonly policy: "latest"; readonly key: string }
  /** It is never dropped, and does not make the client a slow consumer: a missed event that is sent again. */
  | { readonly policy: "exempt" }
);

export const exempt: Delivery = { policy: "exempt" };

/** The result of a limit. */
interface LimitedMessages<Item> {
  readonly dropped: readonly WaitingMessage<Item>[];
  readonly fits: boolean;
  readonly hasDroppedNewest: boolean;
}

/** A message for a blocked socket: its frame, or what will be framed. */
export interface WaitingMessage<Item> {
  readonly item: Item;
  readonly delivery: Delivery | undefined;
}

/** The messages for a blocked socket, in order. They are kept separately so that single ones can be dropped. */
export class WaitingMessages<Item extends { readonly length: number }> {
  readonly #messages = new Set<WaitingMessage<Item>>();
  readonly #latest = new Map<string, WaitingMessage<Item>>();
  #bytes = 0;
  #exemptBytes = 0;

  /** Bytes that do not count toward the limit. */
  get exemptBytes(): number {
    return this.#exemptBytes;
  }

  get bytes(): number {
    return this.#bytes + this.#exemptBytes;
  }

  /** Bytes of the messages, without the exempt ones. */
  get countedBytes(): number {
    return this.#bytes;
  }

  /** @returns the message that the new one replaced */
  add(item: Item, delivery: Delivery | undefined): WaitingMessage<Item> | undefined {
    const message = { item, delivery };
    const replaced = delivery?.policy === "latest" ? this.#latest.get(delivery.key) : undefined;
    if (replaced !== undefined) this.#remove(replaced);
    this.#messages.add(message);
    if (delivery?.policy === "exempt") this.#exemptBytes += item.length;
    else this.#bytes += item.length;
    if (delivery?.policy === "latest") this.#latest.set(delivery.key, message);
    return replaced;
  }

  /**
   * Drops messages until the rest fits: `drop-oldest` ones from the front first, then `drop-newest` ones from the
   * back. `fallback` is the policy of messages without their own.
   */
  limit(maxBytes: number, fallback: SlowConsumerPolicy): LimitedMessages<Item> {
    const dropped = this.#drop("drop-oldest", { maxBytes, fallback });
    const hasDroppedNewest = this.#bytes > maxBytes;
    if (hasDroppedNewest) dropped.push(...this.#drop("drop-newest", { maxBytes, fallback }));
    return { dropped, fits: this.#messages.size === 0 || this.#bytes <= maxBytes, hasDroppedNewest };
  }

  /** The event with the most waiting bytes; undefined if these are of messages that are not declared events. */
  get heaviestEvent(): string | undefined {
    const bytes = new Map<string | undefined, number>();
    for (const { item, delivery } of this.#messages) {
      if (delivery?.policy !== "exempt")
        bytes.set(delivery?.event, (bytes.get(delivery?.event) ?? 0) + item.length);
    }
    return [...bytes].sort(([, one], [, other]) => other - one)[0]?.[0];
  }

  items(): Item[] {
    return [...this.#messages].map(({ item }) => item);
  }

  #drop(
    policy: SlowConsumerPolicy,
    { maxBytes, fallback }: { readonly maxBytes: number; readonly fallback: SlowConsumerPolicy },
  ): WaitingMessage<Item>[] {
    const dropped: WaitingMessage<Item>[] = [];
    const inOrder = policy === "drop-newest" ? [...this.#messages].reverse() : this.#messages;
    for (const message of inOrder) {
      if (this.#bytes <= maxBytes) break;
      if ((message.delivery?.policy ?? fallback) !== policy) continue;
      this.#remove(message);
      dropped.push(message);
    }
    return dropped;
  }

  #remove(message: WaitingMessage<Item>): void {
    this.#messages.delete(message);
    this.#bytes -= message.item.length;
  }
}
