import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lockProject } from "../../../src/fs/lock-project.js";
import { hasUnfinishedCommit } from "../../../src/fs/with-locked-project.js";
import { compileSources } from "./compile-sources.js";
import { sampleChanges, sampleFiles } from "./sample-changes.js";
import { makeFolder, recover, snapshot } from "./snapshot.js";

const child = fileURLToPath(new URL("commit-child.js", import.meta.url));
let compiled: ReturnType<typeof compileSources>;
let changesFile = "";

beforeAll(() => {
  compiled = compileSources(["fs", "diagnostics", "project-files"]);
  changesFile = join(compiled.folder, "changes.json");
  writeFileSync(changesFile, JSON.stringify(sampleChanges));
});
afterAll(() => compiled.remove());

interface Report {
  readonly count: number;
  readonly codes: readonly string[];
  readonly isDone: boolean;
}

function runChild(root: string, what: string, operation = 0): { signal: string | null; report: Report } {
  const args = [child, compiled.folder, root, changesFile, what, String(operation)];
  const { signal, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (signal === null && stdout === "") throw new Error(stderr);
  return { signal, report: JSON.parse(stdout || "{}") as Report };
}

function finalState(): { after: Record<string, string>; operations: number } {
  const root = makeFolder(sampleFiles);
  const { report } = runChild(root, "count");
  expect(report).toMatchObject({ codes: [], isDone: true });
  return { after: snapshot(root), operations: report.count };
}

describe("commit, in a process that is stopped", () => {
  test("SIGKILL at every step: nothing has changed, or the next run completes it", async () => {
    const { after, operations } = finalState();
    const seen = { before: 0, after: 0 };
    for (let operation = 1; operation <= operations; operation++) {
      const root = makeFolder(sampleFiles);
      const before = snapshot(root);
      expect(runChild(root, "kill", operation).signal).toBe("SIGKILL");
      expect((await recover(root)).value).not.toBeUndefined();
      expect(await hasUnfinishedCommit(root)).toBe(false);
      await (await lockProject(root)).release();
      const state = snapshot(root);
      const isNew = JSON.stringify(state) === JSON.stringify(after);
      seen[isNew ? "after" : "before"] += 1;
      expect(state, `operation ${operation}`).toEqual(isNew ? after : before);
    }
    expect(seen.before).toBeGreaterThan(20);
    expect(seen.after).toBeGreaterThan(5);
  });

  test("SIGINT in the middle: everything is restored, and the process reports it", () => {
    const { after, operations } = finalState();
    for (let operation = 5; operation <= operations; operation += 7) {
      const root = makeFolder(sampleFiles);
      const before = snapshot(root);
      const { report } = runChild(root, "interrupt", operation);
      expect(report.codes).toEqual(report.isDone ? [] : ["interrupted"]);
      expect(snapshot(root), `operation ${operation}`).toEqual(report.isDone ? after : before);
    }
  });
});

describe("withLockedProject, after a killed run", () => {
  // Each step starts a process, as above.
  test("leaves a file that was edited since then, and completes the rest", async () => {
    const { after, operations } = finalState();
    for (const edited of ["src/main.ts", "src/modules/old/deep/old.gen.ts"]) {
      for (let operation = operations; ; operation--) {
        expect(operation).toBeGreaterThan(0);
        const root = makeFolder(sampleFiles);
        runChild(root, "kill", operation);
        // The first step that finds everything staged and nothing moved.
        const state = snapshot(root);
        if (!state[".wsgen/journal.json"] || state["src/modules/chat/chat.gen.ts"] !== "644 old generated\n")
          continue;
        writeFileSync(join(root, edited), "edited by me\n");
        const { diagnostics } = await recover(root);
        const warning = diagnostics.find(({ severity }) => severity === "warning");
        expect(warning?.message).toContain(`${edited} was changed after a run was interrupted`);
        const expected: Record<string, string> = { ...after, [edited]: "644 edited by me\n" };
        const found = snapshot(root);
        for (const path of Object.keys(sampleFiles)) expect(found[path], path).toBe(expected[path]);
        break;
      }
    }
  });

  test("reports a missing staged file, and completes the rest", async () => {
    const { operations } = finalState();
    for (let operation = operations; ; operation--) {
      expect(operation).toBeGreaterThan(0);
      const root = makeFolder(sampleFiles);
      runChild(root, "kill", operation);
      const staged = Object.keys(snapshot(root)).find((path) => /^\.wsgen\/[0-9a-f]{16}-1\.new$/.test(path));
      if (!snapshot(root)[".wsgen/journal.json"] || staged === undefined) continue;
      rmSync(join(root, staged));
      const { value, diagnostics } = await recover(root);
      expect(value).toBe(true);
      expect(diagnostics.map(({ code }) => code)).toEqual(["unfinished-commit", "changed-meanwhile"]);
      expect(snapshot(root)["src/main.ts"]).toBe("644 \u00ef\u00bb\u00bfnew main\r\n");
      break;
    }
  });

  test("refuses a journal that names files outside the project", async () => {
    const journal = {
      id: "0123456789abcdef",
      entries: [{ path: "../outside.txt", before: null, after: null }],
      folders: [],
    };
    const root = makeFolder({ ".wsgen/journal.json": JSON.stringify(journal) });
    const { value, diagnostics } = await recover(root);
    expect(value).toBeUndefined();
    expect(diagnostics[0]).toMatchObject({ code: "write-failed", severity: "error" });
  });
});
