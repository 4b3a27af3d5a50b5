import type { Diagnostic, Outcome } from "../diagnostics/diagnostic.js";
import { toDiagnostic } from "./commit-error.js";
import { stateFolder } from "./contain-path.js";
import { lockProject, type ProjectLock } from "./lock-project.js";
import { recover } from "./recover.js";

/**
 * Does work on a project that nobody else writes to meanwhile: waits for another wsgen, puts in order what a run that
 * was cut off left, and gives the lock back whatever happens: a signal stops the work at its commit. Codes: `locked`, `unfinished-commit` (a note).
 */
export async function withLockedProject<T>(
  root: string,
  work: (lock: ProjectLock) => Promise<T>,
): Promise<Outcome<T>> {
  const lock = await lockProject(root).catch((error: unknown) =>
    toDiagnostic(error, `${root} cannot be written to`),
  );
  if ("code" in lock) return { value: undefined, diagnostics: [lock] };
  const interruption = listenForInterruption();
  const diagnostics: Diagnostic[] = [];
  try {
    const recovered = await recover(root, { lock });
    diagnostics.push(...recovered.diagnostics);
    if (recovered.value === undefined) return { value: undefined, diagnostics };
    return { value: await work({ ...lock, signal: interruption.signal }), diagnostics };
  } finally {
    interruption.stop();
    // The work is done, and is not undone by a lock that stays.
    await lock.release().catch((error: unknown) => diagnostics.push(staysLocked(error)));
  }
}

const staysLocked = (error: unknown): Diagnostic => ({
  code: "locked",
  severity: "warning",
  message: `The lock of the project could not be removed: ${(error as Error).message}`,
  fix: `Delete ${stateFolder}/lock, or the next run will wait for it.`,
});

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Notices that the process is asked to stop, so that what it is in the middle of can be undone first. */
interface Interruption {
  readonly signal: AbortSignal;
  /** Removes the handlers, so that signals have their usual effect again. */
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
