const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Notices that the process is asked to stop, so that what it is in the middle of can be undone first. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** Gives the signals back to whoever handles them otherwise. */
  stop(): void;
}

/** Listens for SIGINT, SIGTERM and SIGHUP, and for a signal of the caller's. */
export function listenForInterruption(outer?: AbortSignal): Interruption {
  const controller = new AbortController();
  const abort = (signal: NodeJS.Signals): void => controller.abort(signal);
  for (const signal of signals) process.on(signal, abort);
  return {
    signal: outer ? AbortSignal.any([outer, controller.signal]) : controller.signal,
    stop: () => {
      for (const signal of signals) process.off(signal, abort);
    },
  };
}
