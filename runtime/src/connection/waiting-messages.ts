import type { SlowConsumerPolicy } from "../config/choices.js";

/** The policy of one message for slow consumers. Undefined: the module's policy. */
export type Delivery =
  | { readonly policy: SlowConsumerPolicy }
  /** Only the last waiting message with the same key is kept. It is never dropped for lack of room. */
  | { readonly policy: "latest"; readonly key: string }
  /** It is never dropped, and does not make the client a slow consumer: a missed event that is sent again. */
  | { readonly policy: "exempt" };

export const exempt: Delivery = { policy: "exempt" };

interface Waiting<Item> {
  readonly item: Item;
  readonly delivery: Delivery | undefined;
}

/** The messages for a blocked socket, in order. They are kept separately so that single ones can be dropped. */
export class WaitingMessages<Item extends { readonly length: number }> {
  readonly #messages = new Set<Waiting<Item>>();
  readonly #latest = new Map<string, Waiting<Item>>();
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

  /** @returns the number of messages that the new one replaced */
  add(item: Item, delivery: Delivery | undefined): number {
    const message = { item, delivery };
    const replaced = delivery?.policy === "latest" ? this.#latest.get(delivery.key) : undefined;
    if (replaced !== undefined) this.#remove(replaced);
    this.#messages.add(message);
    if (delivery?.policy === "exempt") this.#exemptBytes += item.length;
    else this.#bytes += item.length;
    if (delivery?.policy === "latest") this.#latest.set(delivery.key, message);
    return replaced === undefined ? 0 : 1;
  }

  /**
   * Drops messages until the rest fits: `drop-oldest` ones from the front first, then `drop-newest` ones from the
   * back. `fallback` is the policy of messages without their own.
   */
  limit(
    maxBytes: number,
    fallback: SlowConsumerPolicy,
  ): { readonly dropped: number; readonly fits: boolean; readonly hasDroppedNewest: boolean } {
    const before = this.#messages.size;
    this.#drop("drop-oldest", { maxBytes, fallback });
    const hasDroppedNewest = this.#bytes > maxBytes;
    if (hasDroppedNewest) this.#drop("drop-newest", { maxBytes, fallback });
    const { size } = this.#messages;
    return { dropped: before - size, fits: size === 0 || this.#bytes <= maxBytes, hasDroppedNewest };
  }

  items(): Item[] {
    return [...this.#messages].map(({ item }) => item);
  }

  #drop(
    policy: SlowConsumerPolicy,
    { maxBytes, fallback }: { readonly maxBytes: number; readonly fallback: SlowConsumerPolicy },
  ): void {
    const inOrder = policy === "drop-newest" ? [...this.#messages].reverse() : this.#messages;
    for (const message of inOrder) {
      if (this.#bytes <= maxBytes) return;
      if ((message.delivery?.policy ?? fallback) === policy) this.#remove(message);
    }
  }

  #remove(message: Waiting<Item>): void {
    this.#messages.delete(message);
    this.#bytes -= message.item.length;
  }
}
