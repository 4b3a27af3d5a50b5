import type { Reporter, TestModule } from "vitest/node";

/** Prints, in one line at the end of a run, what it did not run and how to run it: the notes of `skipUnless`. */
export class ReportSkipped implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const line = describeSkipped(modules);
    if (line !== undefined) console.log(line);
  }
}

/** Undefined where nothing was skipped. */
export function describeSkipped(modules: readonly Pick<TestModule, "children">[]): string | undefined {
  const notes = new Set<string>();
  for (const { children } of modules) {
    for (const test of children.allTests("skipped")) {
      const result = test.result();
      if (result.state === "skipped" && result.note !== undefined) notes.add(result.note);
    }
  }
  return notes.size === 0 ? undefined : `Not run here: ${[...notes].sort().join("; ")}.`;
}
