import { moduleOptions } from "wsgen-runtime/options";
import type { FormatSchema } from "./format-schema.js";
import { duration } from "./option-table.js";

export const policies = moduleOptions.slowConsumer.value.choices;

/** `slowConsumer:` of an event. */
export const eventPolicyFormat: FormatSchema = {
  title: `one of ${policies.join(", ")}, or { latest: <field of the data> }`,
  description:
    "What happens to this event for a client that does not keep up; default: what the module's option says. `latest` keeps the last with the same value of a field.",
  examples: ["drop-oldest"],
  anyOf: [
    { enum: policies },
    {
      type: "object",
      additionalProperties: false,
      properties: {
        latest: {
          description: "The field of the data that tells which events replace each other.",
          type: "string",
          minLength: 1,
          examples: ["name"],
        },
      },
      required: ["latest"],
    },
  ],
};

/** `replay:` of an event. */
export const replayFormat: FormatSchema = {
  description:
    "Keeps the last events, so that clients that come back get what they missed. The event then goes to everybody in a room, to all who bear a tag, or to all.",
  type: "object",
  additionalProperties: false,
  properties: {
    last: {
      title: "a number of events from 1 to 10000",
      description: "So many events are kept for each room and each tag.",
      type: "integer",
      minimum: 1,
      maximum: 10_000,
      examples: [100],
    },
    for: duration("They are kept for so long; default: for as long as the server runs."),
  },
  required: ["last"],
  examples: ["{ last: 100, for: 60s }"],
};
