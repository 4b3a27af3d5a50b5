import type { FormatSchema } from "./format-schema.js";

export const policies = ["close", "drop-newest", "drop-oldest"] as const;

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
