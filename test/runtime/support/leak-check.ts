import { createHook } from "node:async_hooks";

/** What is open in this process, by kind and number. */
export type Resources = Readonly<Record<string, number>>;

/** Sources whose timers are counted: a test runner has timers of its own. */
const counted = /\/runtime\/(?:src|dist)\/|\/node_modules\/(?:ws|koa|koa-router|pino)\//;

/** Runs for a second after a refusal, whoever has left; `refusal-log.test.ts` sees its end. */
const refusalLog = /\bRefusalLog\b/;

/** The timers of the runtime that neither fired nor were cleared, also those that let the process end. */
const timers = new Map<number, string>();

createHook({
  init(id, type) {
    if (type !== "Timeout") return;
    const stack = new Error().stack ?? "";
    if (counted.test(stack) && !refusalLog.test(stack)) timers.set(id, stack);
  },
  destroy(id) {
    timers.delete(id);
  },
}).enable();

/** Sockets, listening sockets and the runtime's timers, and the listeners on `process`. */
export function openResources(): Resources {
  const resources: Record<string, number> = { timers: timers.size };
  for (const kind of process.getActiveResourcesInfo()) {
    if (kind.startsWith("TCP") || kind.startsWith("FS")) resources[kind] = (resources[kind] ?? 0) + 1;
  }
  for (const name of process.eventNames()) {
    resources[`process "${String(name)}"`] = process.listenerCount(name);
  }
  return resources;
}

/** Where the timers that are open now were made; for the message of a failing test. */
export const timerOrigins = (): string[] => [...timers.values()];

/** What there is more of than before. */
export function leakedSince(before: Resources): Record<string, string> {
  const grown = Object.entries(openResources()).filter(([kind, count]) => count > (before[kind] ?? 0));
  return Object.fromEntries(grown.map(([kind, count]) => [kind, `${before[kind] ?? 0} → ${count}`]));
}

/** Waits for a promise, so that a test that would hang says what it waited for. @throws Error after the time */
export async function inTime<T>(promise: Promise<T>, what: string, limitMs = 20_000): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`Not within ${limitMs} ms: ${what}`)), limitMs);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Waits until a condition holds, looking again every few milliseconds. @throws Error after the time */
export async function eventually(
  holds: () => boolean,
  describe: () => string,
  limitMs = 20_000,
): Promise<void> {
  const endsAtMs = performance.now() + limitMs;
  while (!holds()) {
    if (performance.now() > endsAtMs) throw new Error(`Not within ${limitMs} ms: ${describe()}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
