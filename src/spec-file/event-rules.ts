import { moduleOptions } from "wsgen-runtime/options";
import type { FormatSchema } from "./format-schema.js";
import { toRecord } from "./json.js";
import { duration } from "./option-table.js";
import type { Json, Located } from "./spec.js";

const policies = moduleOptions.slowConsumer.value.choices;

/**
 * What happens to an event for a client that does not keep up. `latest`: of the events that wait, only the last with the
 * same value of this field of the data stays.
 */
export type EventPolicy = (typeof policies)[number] | { readonly latest: string };

/** How many of the last events are kept, and for how many seconds; undefined: without end. */
type ReplayLimits = { readonly last: number; readonly forSeconds?: number };

/** `slowConsumer:` of an event. */
const policyFormat: FormatSchema = {
  title: `one of ${policies.join(", ")}, or { latest: a field of the data }`,
  description:
    "What happens to this event for a client that does not keep up. `latest` keeps the last event with the same value of a field. Default: the module's option.",
  examples: ["drop-oldest"],
  anyOf: [
    { enum: policies },
    {
      type: "object",
      additionalProperties: false,
      properties: {
        latest: {
          description: "The field of the data that identifies the events that replace each other.",
          type: "string",
          minLength: 1,
          examples: ["name"],
        },
      },
      required: ["latest"],
    },
  ],
};

function readPolicy(value: Json): EventPolicy | undefined {
  const { latest } = toRecord(value);
  return typeof latest === "string" ? { latest } : policies.find((policy) => policy === value);
}

/** `replay:` of an event. */
const replayFormat: FormatSchema = {
  description:
    "Keeps the last events, so that clients that reconnect get the events that they missed. Such an event is sent to all clients in a room, to all clients with a tag, or to all clients. Default: off.",
  type: "object",
  additionalProperties: false,
  properties: {
    last: {
      title: "a number of events from 1 to 10000",
      description: "The number of events to keep for each room and each tag.",
      type: "integer",
      minimum: 1,
      maximum: 10_000,
      examples: [100],
    },
    for: duration("How long events are kept. Default: as long as the server runs."),
  },
  required: ["last"],
  examples: [{ last: 100, for: "60s" }],
};

function readReplay(value: Json): ReplayLimits | undefined {
  const { last, for: seconds } = toRecord(value);
  if (typeof last !== "number") return undefined;
  return { last, ...(typeof seconds === "number" && { forSeconds: seconds }) };
}

interface EventRuleKey {
  readonly format: FormatSchema;
  /** Durations are in seconds. Undefined for a value that breaks the format. */
  read(value: Json): Json | undefined;
}

/**
 * The keys of an event that control how it is sent. The generated code passes each value on to the runtime
 * unchanged.
 */
export const eventRules = {
  slowConsumer: { format: policyFormat, read: readPolicy },
  replay: { format: replayFormat, read: readReplay },
} satisfies Record<string, EventRuleKey>;

/** Those that a spec has. */
export type EventRules = {
  readonly [Key in keyof typeof eventRules]?: Located<
    NonNullable<ReturnType<(typeof eventRules)[Key]["read"]>>
  >;
};
