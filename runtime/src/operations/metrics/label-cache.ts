import type { Attributes } from "@opentelemetry/api";

/** Creates each set of labels once, because looking an object up is cheaper than building it for each message. */
export class LabelCache {
  readonly #known = new Map<unknown, LabelCache>();
  #labels: Attributes | undefined;

  /** The labels of these keys, such as a module, a command and a code. The values of the keys must be a closed set. */
  get(keys: readonly unknown[], create: () => Attributes): Attributes {
    let cache: LabelCache = this;
    for (const key of keys) {
      let next = cache.#known.get(key);
      if (next === undefined) {
        next = new LabelCache();
        cache.#known.set(key, next);
      }
      cache = next;
    }
    cache.#labels ??= create();
    return cache.#labels;
  }
}
