import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { type CommitChange, commit } from "../../../src/fs/commit.js";
import { failingFileSystem } from "./failing-file-system.js";
import { sampleChanges, sampleFiles } from "./sample-changes.js";
import { makeFolder, snapshot } from "./snapshot.js";

const create = (path: string, after = "new\n"): CommitChange => ({ path, before: undefined, after });

/** Commits what must be refused, and holds that nothing in the folder or beside it changed. */
async function refused(root: string, changes: readonly CommitChange[]) {
  const before = snapshot(dirname(root));
  const outcome = await commit(root, [create("fine.txt"), ...changes]);
  expect(outcome.value).toBeUndefined();
  expect(snapshot(dirname(root))).toEqual(before);
  return outcome.diagnostics[0];
}

describe("commit", () => {
  test("creates, replaces and deletes files, and removes folders that it emptied", async () => {
    const root = makeFolder(sampleFiles);
    const outcome = await commit(root, sampleChanges);
    expect(outcome).toEqual({ value: true, diagnostics: [] });
    expect(Object.keys(snapshot(root)).filter((path) => path.startsWith("src"))).toEqual([
      ...["src/", "src/main.ts", "src/modules/", "src/modules/chat/", "src/modules/chat/chat.gen.ts"],
      ...["src/modules/room/", "src/modules/room/commands/", "src/modules/room/commands/join.command.ts"],
    ]);
    expect(readFileSync(join(root, "src/main.ts"), "utf8")).toBe("\uFEFFnew main\r\n");
  });

  test("does not touch the disk without a change", async () => {
    const { fileSystem, count } = failingFileSystem({ at: 1, when: "before", isLasting: true });
    const changes = [
      { path: "a.txt", before: "a", after: "a" },
      { path: "b.txt", before: undefined, after: undefined },
    ];
    const outcome = await commit(join(makeFolder(), "absent"), changes, { fileSystem });
    expect(outcome.diagnostics).toEqual([]);
    expect(count()).toBe(0);
  });

  test("creates the project's folder, and removes it after a failure", async () => {
    const parent = makeFolder();
    await commit(join(parent, "a/b"), [create("src/main.ts")]);
    expect(readFileSync(join(parent, "a/b/src/main.ts"), "utf8")).toBe("new\n");
    const before = snapshot(parent);
    const outcome = await commit(join(parent, "c/d"), [
      create("fine.txt"),
      { path: "x", before: "there", after: "y" },
    ]);
    expect(outcome.diagnostics[0]).toMatchObject({ code: "changed-meanwhile" });
    expect(snapshot(parent)).toEqual(before);
  });

  test("keeps the mode of a file that it replaces", async () => {
    const root = makeFolder({ "run.sh": "old\n" });
    chmodSync(join(root, "run.sh"), 0o750);
    await commit(root, [{ path: "run.sh", before: "old\n", after: "new\n" }]);
    expect(statSync(join(root, "run.sh")).mode & 0o7777).toBe(0o750);
  });

  test("writes bytes that are not text unchanged", async () => {
    const root = makeFolder();
    const bytes = new Uint8Array([0xff, 0x00, 0x0d, 0x0a]);
    await commit(root, [{ path: "vendor/a.tgz", before: undefined, after: bytes }]);
    expect(new Uint8Array(readFileSync(join(root, "vendor/a.tgz")))).toEqual(bytes);
  });

  test("stops when a file was changed, created or removed since it was read", async () => {
    const root = join(makeFolder({ "p/a.txt": "theirs\n" }), "p");
    expect(await refused(root, [{ path: "a.txt", before: "mine\n", after: "new\n" }])).toMatchObject({
      code: "changed-meanwhile",
    });
    expect(await refused(root, [create("a.txt")])).toMatchObject({ code: "changed-meanwhile" });
    expect(await refused(root, [{ path: "b.txt", before: "mine\n", after: "new\n" }])).toMatchObject({
      code: "changed-meanwhile",
    });
  });

  test("stops when a file is changed after the first check", async () => {
    const root = makeFolder({ "a.txt": "a\n", "z.txt": "z\n" });
    const changes = [
      { path: "a.txt", before: "a\n", after: "new a\n" },
      { path: "z.txt", before: "z\n", after: "new z\n" },
    ];
    const { fileSystem } = failingFileSystem(undefined, () => {
      if (readFileSync(join(root, "a.txt"), "utf8") === "new a\n")
        writeFileSync(join(root, "z.txt"), "theirs\n");
    });
    const outcome = await commit(root, changes, { fileSystem });
    expect(outcome.diagnostics[0]).toMatchObject({ code: "changed-meanwhile" });
    expect(snapshot(root)).toEqual({ "a.txt": "644 a\n", "z.txt": "644 theirs\n" });
  });

  test("leaves a file that another program gave the same bytes before it was written", async () => {
    const root = makeFolder({ "a.txt": "a\n", "y.txt": "y\n", "z.txt": "z\n" });
    const changes = ["a", "y", "z"].map((name) => ({
      path: `${name}.txt`,
      before: `${name}\n`,
      after: `new ${name}\n`,
    }));
    let isDone = false;
    const { fileSystem } = failingFileSystem(undefined, () => {
      if (isDone || readFileSync(join(root, "a.txt"), "utf8") !== "new a\n") return;
      isDone = true;
      for (const name of ["y", "z"]) writeFileSync(join(root, `${name}.txt`), `new ${name}\n`);
    });
    const outcome = await commit(root, changes, { fileSystem });
    expect(outcome.diagnostics).toMatchObject([{ code: "changed-meanwhile" }]);
    expect(outcome.diagnostics[0]?.message).toContain("y.txt was changed by another program");
    expect(snapshot(root)).toEqual({
      "a.txt": "644 a\n",
      "y.txt": "644 new y\n",
      "z.txt": "644 new z\n",
    });
  });

  test("reports and leaves a file that was changed after it was written", async () => {
    const root = makeFolder({ "a.txt": "a\n", "z.txt": "z\n" });
    const changes = [
      { path: "a.txt", before: "a\n", after: "new a\n" },
      { path: "z.txt", before: "z\n", after: "new z\n" },
    ];
    const { fileSystem } = failingFileSystem(undefined, () => {
      if (readFileSync(join(root, "a.txt"), "utf8") !== "new a\n") return;
      for (const name of ["a.txt", "z.txt"]) writeFileSync(join(root, name), "theirs\n");
    });
    const outcome = await commit(root, changes, { fileSystem });
    expect(outcome.diagnostics[0]).toMatchObject({ code: "changed-meanwhile" });
    expect(outcome.diagnostics[0]?.message).toContain("a.txt was changed after wsgen wrote it");
    for (const name of ["a.txt", "z.txt"]) expect(readFileSync(join(root, name), "utf8")).toBe("theirs\n");
  });

  test("refuses paths that leave the project", async () => {
    const root = join(makeFolder({ "p/a.txt": "a\n" }), "p");
    for (const path of [
      "../x",
      "a/../../x",
      "/etc/x",
      "",
      "a//b",
      "./a",
      "a\0b",
      "a\\..\\b",
      "C:x",
      ".wsgen/lock",
    ])
      expect(await refused(root, [create(path)]), path).toMatchObject({ code: "outside-project" });
  });

  test("refuses links that lead out of the project, and links in place of files", async () => {
    const parent = makeFolder({ "p/a.txt": "a\n", "other/b.txt": "b\n" });
    const root = join(parent, "p");
    symlinkSync("../other", join(root, "out"));
    symlinkSync("../other/b.txt", join(root, "b.txt"));
    symlinkSync("nowhere", join(root, "dangling"));
    expect(await refused(root, [create("out/c.txt")])).toMatchObject({ code: "outside-project" });
    expect(await refused(root, [create("out/deep/er/c.txt")])).toMatchObject({ code: "outside-project" });
    expect(await refused(root, [create("dangling/c.txt")])).toMatchObject({ code: "outside-project" });
    expect(await refused(root, [{ path: "b.txt", before: "b\n", after: "c\n" }])).toMatchObject({
      code: "write-failed",
    });
  });

  test("writes through a folder that is a link inside the project", async () => {
    const root = makeFolder({ "real/a.txt": "a\n" });
    symlinkSync("real", join(root, "alias"));
    await commit(root, [{ path: "alias/a.txt", before: "a\n", after: "new\n" }]);
    expect(readFileSync(join(root, "real/a.txt"), "utf8")).toBe("new\n");
  });

  test("refuses a target that is a folder, and one whose folder is a file", async () => {
    const root = join(makeFolder({ "p/a.txt": "a\n" }), "p");
    mkdirSync(join(root, "folder"));
    expect(await refused(root, [create("folder")])).toMatchObject({ code: "write-failed" });
    expect(await refused(root, [create("a.txt/b.txt")])).toMatchObject({ code: "write-failed" });
    expect(await refused(root, [create("n".repeat(300))])).toMatchObject({ code: "write-failed" });
  });

  test("stops at every step after an abort signal, and restores everything", async () => {
    for (let at = 1; ; at++) {
      const root = makeFolder(sampleFiles);
      const before = snapshot(root);
      const controller = new AbortController();
      const { fileSystem, count } = failingFileSystem(
        undefined,
        (operation) => operation === at && controller.abort(),
      );
      const outcome = await commit(root, sampleChanges, { fileSystem, signal: controller.signal });
      if (!outcome.value) expect(snapshot(root), `operation ${at}`).toEqual(before);
      if (count() < at) break;
    }
  });
});
