export { Mode } from "../errors.js";

/** The levels of the log from the least to the most severe, with the numbers that zap gives them. */
const logLevels = { debug: -1, info: 0, warn: 1, error: 2, dpanic: 3, panic: 4, fatal: 5 } as const;
export type LogLevel = keyof typeof logLevels;

/** How often a log file is rotated. */
export const splitIntervals = ["minute", "hour", "day", "month", "year"] as const;
export type SplitInterval = (typeof splitIntervals)[number];

/** How a refused client is told: an HTTP answer, or an accepted handshake, the error as a frame, and a close. */
export const refusals = ["http", "close"] as const;
export type Refusal = (typeof refusals)[number];

/** What happens to a message for a client that does not read: close it (1013), or lose the new or the oldest event. */
export const slowConsumerPolicies = ["close", "drop-newest", "drop-oldest"] as const;
export type SlowConsumerPolicy = (typeof slowConsumerPolicies)[number];

/** Which fields of replies and events clients get: all, or those that the schema names. */
export const replyFieldChoices = ["all", "known"] as const;
export type ReplyFields = (typeof replyFieldChoices)[number];

/** The level for a name or a zap number (−1…5); undefined when there is none. */
export function toLogLevel(value: unknown): LogLevel | undefined {
  const match = Object.entries(logLevels).find(([name, number]) => value === name || value === number);
  return match?.[0] as LogLevel | undefined;
}
