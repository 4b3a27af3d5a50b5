import { describe, expect, test } from "vitest";
import { commit } from "../../../src/fs/commit.js";
import { lockProject } from "../../../src/fs/lock-project.js";
import { recover } from "../../../src/fs/recover.js";
import { failingFileSystem } from "./failing-file-system.js";
import { sampleChanges, sampleFiles } from "./sample-changes.js";
import { makeFolder, snapshot } from "./snapshot.js";

async function finalState(): Promise<{ after: Record<string, string>; operations: number }> {
  const root = makeFolder(sampleFiles);
  const { fileSystem, count } = failingFileSystem(undefined);
  const outcome = await commit(root, sampleChanges, { fileSystem });
  expect(outcome.diagnostics).toEqual([]);
  return { after: snapshot(root), operations: count() };
}

describe("a commit in which the n-th operation fails, for every n", () => {
  for (const when of ["before", "after"] as const) {
    test(`once, reported ${when} it happens: everything as before, or everything new`, async () => {
      const { after, operations } = await finalState();
      expect(operations).toBeGreaterThan(40);
      let undone = 0;
      for (let at = 1; at <= operations; at++) {
        const root = makeFolder(sampleFiles);
        const before = snapshot(root);
        const outcome = await commit(root, sampleChanges, {
          fileSystem: failingFileSystem({ at, when, isLasting: false }).fileSystem,
        });
        // What a failed clean-up leaves beside the files is put in order by the next run.
        await recover(root);
        await sweep(root);
        const state = snapshot(root);
        const expected = outcome.value ? after : before;
        expect(state, `operation ${at}`).toEqual(expected);
        if (!outcome.value) undone += 1;
      }
      expect(undone).toBeGreaterThan(30);
    });

    test(`and all after it, reported ${when}: the next run puts it in order`, async () => {
      const { after, operations } = await finalState();
      for (let at = 1; at <= operations; at++) {
        const root = makeFolder(sampleFiles);
        const before = snapshot(root);
        await commit(root, sampleChanges, {
          fileSystem: failingFileSystem({ at, when, isLasting: true }).fileSystem,
        });
        const recovered = await recover(root);
        expect(recovered.diagnostics.filter(({ severity }) => severity !== "note")).toEqual([]);
        await sweep(root);
        const state = snapshot(root);
        const isNew = JSON.stringify(state) === JSON.stringify(after);
        expect(state, `operation ${at}`).toEqual(isNew ? after : before);
      }
    });
  }
});

/** A failed release can leave the lock of this process; the next run takes it over and leaves nothing. */
async function sweep(root: string): Promise<void> {
  const lock = await lockProject(root, { waitMs: 1000 });
  await lock.release();
}
