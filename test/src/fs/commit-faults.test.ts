import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { commit } from "../../../src/fs/commit.js";
import { type FileSystem, nodeFileSystem } from "../../../src/fs/file-system.js";
import { lockProject } from "../../../src/fs/lock-project.js";
import { diskError, failingFileSystem } from "./failing-file-system.js";
import { sampleChanges, sampleFiles } from "./sample-changes.js";
import { makeFolder, recover, snapshot } from "./snapshot.js";

async function finalState(): Promise<{ after: Record<string, string>; operations: number }> {
  const root = makeFolder(sampleFiles);
  const { fileSystem, count } = failingFileSystem(undefined);
  const outcome = await commit(root, sampleChanges, { fileSystem });
  expect(outcome.diagnostics).toEqual([]);
  return { after: snapshot(root), operations: count() };
}

describe("commit, if the n-th operation fails, for every n", () => {
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

    test(`and all after it, reported ${when}: the next run repairs it`, async () => {
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

const twoFiles = { "a.txt": "a\n", "z.txt": "z\n" };
const twoChanges = [
  { path: "a.txt", before: "a\n", after: "new a\n" },
  { path: "z.txt", before: "z\n", after: "new z\n" },
];
const bothNew = { "a.txt": "644 new a\n", "z.txt": "644 new z\n" };

describe("commit, interrupted", () => {
  test("between two files: the next run leaves and reports a file that was changed since then", async () => {
    const root = makeFolder(twoFiles);
    const { fileSystem } = failingFileSystem(undefined, () => {
      if (readFileSync(join(root, "a.txt"), "utf8") === "new a\n") throw diskError("cut off");
    });
    await commit(root, twoChanges, { fileSystem });
    writeFileSync(join(root, "z.txt"), "theirs\n");
    const { diagnostics } = await recover(root);
    expect(diagnostics).toMatchObject([
      { code: "unfinished-commit" },
      { code: "changed-meanwhile", message: expect.stringContaining("z.txt") },
    ]);
    expect(snapshot(root)).toEqual({ ...bothNew, "z.txt": "644 theirs\n" });
  });

  test("while it rolled back: the next run completes it", async () => {
    const root = makeFolder(twoFiles);
    let isBegun = false;
    const { fileSystem } = failingFileSystem(undefined, () => {
      const isPlaced = readFileSync(join(root, "a.txt"), "utf8") === "new a\n";
      if (isBegun !== isPlaced) {
        if (isBegun) throw diskError("cut off");
        isBegun = true;
        throw diskError("the second file cannot be written");
      }
    });
    await commit(root, twoChanges, { fileSystem });
    expect((await recover(root)).diagnostics).toMatchObject([{ code: "unfinished-commit" }]);
    expect(snapshot(root)).toEqual(bothNew);
  });
});

/** The folder that a commit keeps its files in is on another disk than the project. */
function otherDisk(root: string, createFile = nodeFileSystem.createFile): FileSystem {
  const isStaged = (path: string): boolean => path.startsWith(join(root, ".wsgen/"));
  return {
    ...nodeFileSystem,
    createFile,
    async rename(from, to) {
      if (isStaged(from) !== isStaged(to)) throw diskError("rename", "EXDEV");
      await nodeFileSystem.rename(from, to);
    },
  };
}

describe("commit to another disk", () => {
  test("copies, and no file is missing meanwhile", async () => {
    const root = makeFolder(twoFiles);
    const fileSystem = otherDisk(root, async (...args) => {
      for (const name of Object.keys(twoFiles)) expect(existsSync(join(root, name)), name).toBe(true);
      await nodeFileSystem.createFile(...args);
    });
    expect(await commit(root, twoChanges, { fileSystem })).toEqual({ value: true, diagnostics: [] });
    expect(snapshot(root)).toEqual(bothNew);
  });

  test("leaves no half of a copy when that disk is full", async () => {
    const root = makeFolder(twoFiles);
    const before = snapshot(root);
    const fileSystem = otherDisk(root, async (path, content, attributes) => {
      await nodeFileSystem.createFile(path, content, attributes);
      if (path.includes("/.wsgen-") && String(content) === "new z\n") throw diskError("createFile", "ENOSPC");
    });
    const { diagnostics } = await commit(root, twoChanges, { fileSystem });
    expect(diagnostics).toMatchObject([{ code: "write-failed" }]);
    expect(snapshot(root)).toEqual(before);
  });
});

/** A failed release can leave the lock of this process; the next run takes it over and leaves nothing. */
async function sweep(root: string): Promise<void> {
  const lock = await lockProject(root, { waitMs: 1000 });
  await lock.release();
}
