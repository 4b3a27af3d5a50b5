import { moduleOptions } from "../options.js";
import type { KnownFields, Validator } from "../validation/problem.js";
import { checkOf, fields, isRecord, matching, optional, seconds, text, wholeNumber } from "./checks.js";
import type { SlowConsumerPolicy } from "./choices.js";
import type { ReplayLimits } from "./stores.js";

/** What a module says of one of its events, whoever sends it and however. */
export interface EventRule {
  /** Checks the data in debug mode: data that does not fit is an error of who sends it. Default: no check. */
  readonly check?: Validator | undefined;
  /** The fields that the schema of the data names: what `setReplyFields("known")` leaves. Default: none. */
  readonly fields?: (() => KnownFields) | undefined;
  /**
   * For clients that do not keep up. `latest`: of the events that wait, only the last with the same value of this field
   * of the data stays. Default: the module's `setSlowConsumerPolicy`.
   */
  readonly slowConsumer?: SlowConsumerPolicy | { readonly latest: string } | undefined;
  /**
   * Keeps the last events, 1 to 10,000, for so many seconds, so that clients that come back get what they missed. Then the
   * event goes to everybody in a room, to all who bear a tag or to all, without exception. Default: nothing is kept.
   */
  readonly replay?: ReplayLimits | undefined;
}

/** By the event's name on the wire. */
export type EventRules = Readonly<Record<string, EventRule>>;

export const validator = optional(matching("a validator", (value) => typeof value === "function"));
export const knownFields = optional(
  matching("a function that gives the known fields", (value) => typeof value === "function"),
);
const policy = checkOf(moduleOptions.slowConsumer.value);
const latest = fields({ latest: text("a field of the data") });

const eventRule = fields({
  check: validator,
  fields: knownFields,
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
  (value) => isRecord(value) && Object.values(value).every((rule) => eventRule.accepts(rule)),
);
