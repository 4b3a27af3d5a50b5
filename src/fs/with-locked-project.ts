import type { Outcome } from "../diagnostics/diagnostic.js";
import { toDiagnostic } from "./commit-error.js";
import { listenForInterruption } from "./interruption.js";
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
  try {
    const recovered = await recover(root, { lock });
    if (recovered.value === undefined) return { value: undefined, diagnostics: recovered.diagnostics };
    const value = await work({ ...lock, signal: interruption.signal });
    return { value, diagnostics: recovered.diagnostics };
  } finally {
    await lock.release();
    interruption.stop();
  }
}
