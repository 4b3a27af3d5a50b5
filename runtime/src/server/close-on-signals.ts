import { constants } from "node:os";
import type { CloseOptions, WebsocketServe } from "./running-serve.js";

const signals = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

/** What the process is to close, whoever asked for it. */
const serves = new Map<WebsocketServe, CloseOptions>();
let isClosing = false;

/**
 * Closes the serve on SIGTERM, SIGINT and SIGHUP. The process ends when every serve that was given here is closed: with
 * exit code 0, or with 1 when one of them failed to close. A second signal ends it at once.
 */
export function closeOnSignals(serve: WebsocketServe, options: CloseOptions = {}): void {
  if (serves.size === 0) for (const signal of signals) process.on(signal, onSignal);
  serves.set(serve, options);
}

function onSignal(signal: NodeJS.Signals): void {
  // As the shell reports a process that a signal ended.
  if (isClosing) process.exit(128 + constants.signals[signal]);
  isClosing = true;
  void closeAll(signal);
}

async function closeAll(signal: NodeJS.Signals): Promise<void> {
  const closed = new Set<WebsocketServe>();
  let exitCode = 0;
  // One that starts meanwhile is closed as well.
  while (closed.size < serves.size) {
    const left = [...serves].filter(([serve]) => !closed.has(serve));
    const close = async ([serve, options]: [WebsocketServe, CloseOptions]): Promise<void> => {
      closed.add(serve);
      try {
        await serve.close({ ...options, signal: options.signal ?? signal });
      } catch (error) {
        exitCode = 1;
        console.error(error);
      }
    };
    await Promise.all(left.map(close));
  }
  process.exit(exitCode);
}
