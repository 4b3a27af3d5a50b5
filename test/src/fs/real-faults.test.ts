import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, type TestContext, test } from "vitest";
import { commit } from "../../../src/fs/commit.js";
import { skipHere } from "../../support/skip-unless.js";
import { compileSources } from "./compile-sources.js";
import { sampleChanges, sampleFiles } from "./sample-changes.js";
import { makeFolder, snapshot, writeFiles } from "./snapshot.js";

/** Some of the real faults need root; without it the test says so instead of passing. */
function needs(context: TestContext, command: string, ...args: string[]): void {
  const { status, error, stderr } = spawnSync(command, args, { encoding: "utf8" });
  if (status !== 0)
    skipHere(context, `commits on disks that refuse: ${command}`, (error?.message ?? stderr).trim());
}

describe("commit on a disk that refuses", () => {
  for (const size of ["28k", "32k", "40k"])
    test(`full: a file system of ${size}`, async (context) => {
      const root = makeFolder();
      needs(context, "mount", "-t", "tmpfs", "-o", `size=${size}`, "tmpfs", root);
      try {
        writeFiles(root, { "src/main.ts": "old main\n" });
        const before = snapshot(root);
        const large = "x".repeat(24 * 1024);
        const outcome = await commit(root, [
          { path: "src/main.ts", before: "old main\n", after: "new main\n" },
          { path: "src/new/a.ts", before: undefined, after: large },
          { path: "src/new/b.ts", before: undefined, after: large },
        ]);
        expect(outcome.diagnostics[0]?.message).toContain("the disk is full [ENOSPC]");
        expect(outcome.diagnostics[0]).toMatchObject({ code: "write-failed" });
        expect(snapshot(root)).toEqual(before);
      } finally {
        execFileSync("umount", [root]);
      }
    });

  for (const { size, done } of [
    { size: "1m", done: true },
    { size: "16k", done: false },
  ])
    test(`another disk of ${size} below the project`, async (context) => {
      const root = makeFolder({ "src/main.ts": "old main\n", "src/modules/any": "" });
      needs(context, "mount", "-t", "tmpfs", "-o", `size=${size}`, "tmpfs", join(root, "src/modules"));
      try {
        const before = snapshot(root);
        const large = "x".repeat(24 * 1024);
        const outcome = await commit(root, [
          { path: "src/main.ts", before: "old main\n", after: "new main\n" },
          { path: "src/modules/chat/a.ts", before: undefined, after: large },
        ]);
        if (!done) expect(outcome.diagnostics[0]?.message).toContain("the disk is full [ENOSPC]");
        const after = {
          ...before,
          "src/main.ts": "644 new main\n",
          "src/modules/chat/": "755",
          "src/modules/chat/a.ts": `644 ${large}`,
        };
        expect(Object.keys(snapshot(root))).toEqual(Object.keys(done ? after : before).sort());
        expect(snapshot(root)).toEqual(done ? after : before);
      } finally {
        execFileSync("umount", [join(root, "src/modules")]);
      }
    });

  test("read-only", async (context) => {
    const root = makeFolder();
    needs(context, "mount", "-t", "tmpfs", "tmpfs", root);
    try {
      writeFiles(root, sampleFiles);
      const before = snapshot(root);
      execFileSync("mount", ["-o", "remount,ro", root]);
      const outcome = await commit(root, sampleChanges);
      expect(outcome.diagnostics[0]).toMatchObject({ code: "write-failed" });
      expect(outcome.diagnostics[0]?.message).toContain("read-only [EROFS]");
      expect(snapshot(root)).toEqual(before);
    } finally {
      execFileSync("umount", [root]);
    }
  });

  for (const path of ["src/main.ts", "src/modules/old/deep/old.gen.ts", "src/modules"])
    test(`immutable: ${path}`, async (context) => {
      const root = makeFolder(sampleFiles);
      needs(context, "chattr", "+i", join(root, path));
      try {
        const before = snapshot(root);
        const outcome = await commit(root, sampleChanges);
        expect(outcome.diagnostics[0]).toMatchObject({ code: "write-failed" });
        expect(outcome.diagnostics[0]?.message).toMatch(`[EPERM]: ${join(root, path)}`);
        expect(snapshot(root)).toEqual(before);
      } finally {
        execFileSync("chattr", ["-i", join(root, path)]);
      }
    });

  test("a folder that another user may not write to", (context) => {
    needs(context, "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "true");
    const compiled = compileSources(["fs", "diagnostics", "project-files"]);
    try {
      const root = join(compiled.folder, "root");
      mkdirSync(root);
      writeFiles(root, sampleFiles);
      chmodSync(compiled.folder, 0o755);
      for (const path of ["", "src", "src/modules", "src/modules/old", "src/modules/old/deep"])
        chownSync(join(root, path), 65534, 65534);
      const before = snapshot(root);
      const changes = join(compiled.folder, "changes.json");
      writeFileSync(changes, JSON.stringify(sampleChanges));
      const child = fileURLToPath(new URL("commit-child.js", import.meta.url));
      const run = [
        "--reuid=65534",
        "--regid=65534",
        "--clear-groups",
        process.execPath,
        child,
        compiled.folder,
        root,
        changes,
        "count",
      ];
      const { stdout, stderr } = spawnSync("setpriv", run, { encoding: "utf8" });
      expect(stderr).toBe("");
      expect(JSON.parse(stdout)).toMatchObject({ codes: ["write-failed"], isDone: false });
      expect(snapshot(root)).toEqual(before);
    } finally {
      compiled.remove();
    }
  });
});
