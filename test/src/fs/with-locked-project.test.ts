import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { commit } from "../../../src/fs/commit.js";
import { withLockedProject } from "../../../src/fs/with-locked-project.js";
import { makeFolder, snapshot } from "./snapshot.js";

test("withLockedProject: a signal before the commit stops it, and leaves neither a lock nor a file", async () => {
  const root = makeFolder({ "a.ts": "a" });
  const before = snapshot(root);
  const locked = await withLockedProject(root, async (lock) => {
    expect(existsSync(join(root, ".wsgen/lock"))).toBe(true);
    const received = new Promise((resolve) => process.once("SIGINT", resolve));
    process.kill(process.pid, "SIGINT");
    await received;
    return commit(root, [{ path: "a.ts", before: "a", after: "b" }], { lock });
  });
  expect(locked.value?.diagnostics.map(({ code }) => code)).toEqual(["interrupted"]);
  expect(snapshot(root)).toEqual(before);
  expect(existsSync(join(root, ".wsgen"))).toBe(false);
});

test("withLockedProject: a lock that cannot be removed is a warning; the work is done", async () => {
  const root = makeFolder({ "a.ts": "a" });
  const locked = await withLockedProject(root, async () => {
    rmSync(join(root, ".wsgen/lock"));
    mkdirSync(join(root, ".wsgen/lock"));
    return "done";
  });
  expect(locked.value).toBe("done");
  expect(locked.diagnostics).toMatchObject([{ code: "locked", severity: "warning" }]);
});
