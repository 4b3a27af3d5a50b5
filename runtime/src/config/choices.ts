import { moduleOptions, type OptionField } from "../options.js";

/** The type of a choice in the table of options. */
export type ValueOf<Value> = Value extends { readonly type: "boolean" }
  ? boolean
  : Value extends { readonly type: "integer" | "number" | "size" | "duration" }
    ? number
    : Value extends { readonly type: "string" }
      ? string
      : Value extends { readonly choices: readonly (infer Choice)[] }
        ? Choice
        : Value extends { readonly items: infer Item }
          ? readonly ValueOf<Item>[]
          : Value extends { readonly values: readonly (infer One)[] }
            ? ValueOf<One>
            : Value extends { readonly fields: infer Fields extends Readonly<Record<string, OptionField>> }
              ? { readonly [Name in keyof Fields]: ValueOf<Fields[Name]["value"]> }
              : never;

type Options = typeof moduleOptions;

/** The levels of the log from the least to the most severe. */
export type LogLevel = ValueOf<Options["logLevel"]["value"]>;

/** How often a log file is rotated. */
export type SplitInterval = ValueOf<Options["log"]["value"]["fields"]["split"]["value"]>;

/** How a refused client learns of it: an HTTP response, or an accepted handshake, an error message and a close. */
export type Refusal = ValueOf<Options["refusal"]["value"]>;

/** What happens if a client reads too slowly: close the connection (1013), or drop the newest or the oldest event. */
export type SlowConsumerPolicy = ValueOf<Options["slowConsumer"]["value"]>;

/** The fields of replies and events that clients get: all, or those that the schema names. */
export type ReplyFields = ValueOf<Options["replyFields"]["value"]>;

/** The level with a name or with zap's number (−1…5); undefined if unknown. */
export const toLogLevel = (value: unknown): LogLevel | undefined =>
  moduleOptions.logLevel.value.choices.find((name, index) => value === name || value === index - 1);
