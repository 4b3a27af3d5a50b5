import type { Diagnostic, Outcome } from "../diagnostics/diagnostic.js";
import { toDiagnostic } from "./commit-error.js";
import { stateFolder } from "./contain-path.js";
import { lockProject, type ProjectLock } from "./lock-project.js";
import { recover } from "./recover.js";

/**
 * Runs work under the lock of a project: waits for another wsgen, completes an interrupted run, and always
 * releases the lock. A signal stops the work at its commit. Codes: `locked`, `unfinished-commit` (a note).
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
    // The work is done. A lock that cannot be removed does not undo it.
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

/** Detects a request to stop the process, so that unfinished work can be undone first. */
interface Interruption {
  readonly signal: AbortSignal;
  /** Removes the handlers, so that signals have their usual effect again. */
  stop(): void;
}

/** Listens for SIGINT, SIGTERM and SIGHUP, and for an abort signal of the caller. */
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
