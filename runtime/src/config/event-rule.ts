import type { Conversion } from "../conversion.js";
import { moduleOptions } from "../options.js";
import { isObject } from "../validation/json-value.js";
import type { KnownFields, Validator } from "../validation/problem.js";
import { createCheck, fields, listOf, matching, optional, seconds, text, wholeNumber } from "./checks.js";
import type { SlowConsumerPolicy } from "./choices.js";
import type { ReplayLimits } from "./stores.js";

/** The rules for one event of a module. They apply to every way of sending it. */
export interface EventRule {
  /** Checks the data in debug mode. Invalid data is the sender's error. Default: no check. */
  readonly check?: Validator | undefined;
  /** The fields of the data that `setReplyFields("known")` keeps. Default: none. */
  readonly fields?: (() => KnownFields) | undefined;
  /** How bytes of the data become what the codec encodes. Default: the data has no bytes. */
  readonly conversion?: Conversion | undefined;
  /**
   * The policy for slow consumers. `latest`: of the waiting events with the same value of this field of the data, keeps
   * only the last. Default: the module's `setSlowConsumerPolicy`.
   */
  readonly slowConsumer?: SlowConsumerPolicy | { readonly latest: string } | undefined;
  /**
   * Keeps the last events, 1 to 10,000, for this number of seconds, so that clients that reconnect get the events that they
   * missed. The event must then go to a whole room, to all with a tag or to all, without `except`. Default: off.
   */
  readonly replay?: ReplayLimits | undefined;
}

/** By the event's name on the wire. */
export type EventRules = Readonly<Record<string, EventRule>>;

export const validator = optional(matching("a validator", (value) => typeof value === "function"));
export const knownFields = optional(
  matching("a function that returns the known fields", (value) => typeof value === "function"),
);
export const conversion = listOf(matching("an object that names properties, items or bytes", isObject));
const policy = createCheck(moduleOptions.slowConsumer.value);
const latest = fields({ latest: text("a field of the data") });

const eventRule = fields({
  check: validator,
  fields: knownFields,
  conversion: optional(conversion),
  slowConsumer: optional(
    matching(
      `${policy.range}, or { latest: a field of the data }`,
      (value) => policy.accepts(value) || latest.accepts(value),
    ),
  ),
  replay: optional(fields({ last: wholeNumber(1, 10_000), forSeconds: optional(seconds(86_400)) })),
});

export const eventRules = matching(
  `an object, for each event: ${eventRule.range}`,
  (value) => isObject(value) && Object.values(value).every((rule) => eventRule.accepts(rule)),
);
