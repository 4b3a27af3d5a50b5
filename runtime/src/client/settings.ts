import type { ClientOptions } from "./client-options.js";
import { flatJson } from "./envelope.js";
import { shouldReconnect } from "./retry-policy.js";

type WithoutDefault = "protocols" | "idleTimeoutMs" | "WebSocket" | "resume" | "onMessage";

/** The options of a client with their defaults. */
export type Settings = Pick<ClientOptions, WithoutDefault> & {
  readonly [Name in Exclude<keyof ClientOptions, WithoutDefault>]-?: NonNullable<ClientOptions[Name]>;
};

/** The default of an option is also taken where it is given as undefined. */
export function resolveOptions(options: ClientOptions): Settings {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return {
    timeoutMs: 30_000,
    connectTimeoutMs: 10_000,
    maxQueued: 100,
    maxRetries: Number.POSITIVE_INFINITY,
    backOff: {},
    shouldReconnect,
    envelope: flatJson,
    onError: console.error,
    clock: globalThis,
    random: Math.random,
    ...Object.fromEntries(given),
  };
}
