import type { Attributes } from "@opentelemetry/api";
import { isDeclaredCode } from "../../protocol/declared-errors.js";
import { ErrorCode } from "../../wire.js";

/** The value of a label whose own value is not known in advance, so that no client can make series without end. */
export const other = "_OTHER";

const runtimeCodes: ReadonlySet<string> = new Set([...Object.values(ErrorCode), "abandoned"]);

/** The value of `error.type`: a code of the runtime or of a declared error. */
export const errorType = (code: string): string =>
  runtimeCodes.has(code) || isDeclaredCode(code) ? code : other;

/**
 * The methods that a handshake may have; others are answered before they reach a route.
 * Source: https://opentelemetry.io/docs/specs/semconv/http/http-metrics/
 */
const methods: ReadonlySet<string> = new Set([
  ...["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"],
]);

export const requestMethod = (method = ""): string => (methods.has(method) ? method : other);

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
