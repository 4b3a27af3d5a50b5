import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { commit } from "../../../src/fs/commit.js";
import { lockProject } from "../../../src/fs/lock-project.js";
import { compileSources } from "./compile-sources.js";
import { failingFileSystem } from "./failing-file-system.js";
import { makeFolder, snapshot } from "./snapshot.js";

const child = fileURLToPath(new URL("lock-child.js", import.meta.url));

/** The process id of a process that has ended. */
async function deadProcess(): Promise<number> {
  const process_ = spawn(process.execPath, ["-e", "0"]);
  await once(process_, "exit");
  return process_.pid!;
}

describe("lockProject", () => {
  test("processes that write at once take turns, and no step is lost", async () => {
    const compiled = compileSources(["fs", "diagnostics", "project-files"]);
    try {
      const lock = { pid: await deadProcess(), host: hostname(), token: "0123456789abcdef" };
      const root = makeFolder({ "count.txt": "0", ".wsgen/lock": JSON.stringify(lock) });
      const children = Array.from({ length: 4 }, () =>
        spawn(process.execPath, [child, compiled.folder, root, "10"], { stdio: "inherit" }),
      );
      const codes = await Promise.all(children.map(async (one) => (await once(one, "exit"))[0]));
      expect(codes).toEqual([0, 0, 0, 0]);
      expect(snapshot(root)).toEqual({ "count.txt": "644 40" });
    } finally {
      compiled.remove();
    }
  });

  test("a second run waits for its time, then reports the holder, and writes nothing", async () => {
    const root = makeFolder({ "a.txt": "a" });
    const lock = await lockProject(root);
    const before = snapshot(root);
    const outcome = await commit(root, [{ path: "a.txt", before: "a", after: "b" }], { waitMs: 120 });
    expect(outcome.value).toBeUndefined();
    expect(outcome.diagnostics[0]).toMatchObject({ code: "locked" });
    expect(outcome.diagnostics[0]?.message).toContain(`process ${process.pid} on ${hostname()}`);
    expect(snapshot(root)).toEqual(before);
    await lock.release();
    expect(snapshot(root)).toEqual({ "a.txt": "644 a" });
  });

  test("a second run continues as soon as the first is done", async () => {
    const root = makeFolder({ "a.txt": "a" });
    const lock = await lockProject(root);
    const second = commit(root, [{ path: "a.txt", before: "a", after: "b" }]);
    await lock.release();
    expect((await second).value).toBe(true);
    expect(readFileSync(join(root, "a.txt"), "utf8")).toBe("b");
  });

  test("a lock of another machine, or one that is just being written, is not taken over", async () => {
    // Its process is dead here, and may live there.
    const elsewhere = { pid: await deadProcess(), host: "elsewhere.example", token: "0123456789abcdef" };
    for (const text of [JSON.stringify(elsewhere), "{"]) {
      const root = makeFolder({ ".wsgen/lock": text });
      await expect(lockProject(root, { waitMs: 0 })).rejects.toMatchObject({ code: "locked" });
      expect(readFileSync(join(root, ".wsgen/lock"), "utf8")).toBe(text);
    }
  });

  test("a lock that was replaced since is not released", async () => {
    const root = makeFolder();
    const lock = await lockProject(root);
    const next = JSON.stringify({ pid: process.pid, host: hostname(), token: "0123456789abcdef" });
    writeFileSync(join(root, ".wsgen/lock"), next);
    await lock.release();
    expect(readFileSync(join(root, ".wsgen/lock"), "utf8")).toBe(next);
  });

  test("leaves a dead lock that another run took over meanwhile", async () => {
    const dead = { pid: await deadProcess(), host: hostname(), token: "0123456789abcdef" };
    const other = JSON.stringify({ pid: 1, host: "elsewhere.example", token: "fedcba9876543210" });
    const root = makeFolder({ ".wsgen/lock": JSON.stringify(dead) });
    const { fileSystem } = failingFileSystem(undefined, () => {
      if (existsSync(join(root, `.wsgen/lock.${dead.token}`)))
        writeFileSync(join(root, ".wsgen/lock"), other);
    });
    await expect(lockProject(root, { waitMs: 0, fileSystem })).rejects.toMatchObject({ code: "locked" });
    expect(snapshot(root)).toEqual({ ".wsgen/": expect.any(String), ".wsgen/lock": `644 ${other}` });
  });

  // A process with the id of this one's parent lives, but has nothing to do with the lock.
  test.each([
    ["another machine", { pid: 1, host: "elsewhere.example", token: "0123456789abcdef" }],
    [
      "a process id that another process has now",
      { pid: process.ppid, host: hostname(), token: "0123456789abcdef" },
    ],
  ])("a lock of %s without heartbeats is taken over, one with heartbeats is not", async (_what, holder) => {
    const root = makeFolder({ ".wsgen/lock": JSON.stringify(holder), "a.txt": "a" });
    const file = join(root, ".wsgen/lock");
    // As old as can be, as on a machine whose clock is wrong; but it moves.
    let seconds = 1_000;
    const sign = (): void => {
      seconds += 1;
      utimesSync(file, seconds, seconds);
    };
    sign();
    const heart = setInterval(sign, 10);
    await expect(lockProject(root, { waitMs: 600, watchMs: 500 })).rejects.toMatchObject({ code: "locked" });
    clearInterval(heart);
    const lock = await lockProject(root, { waitMs: 20_000, watchMs: 100 });
    await lock.assertHeld();
    await lock.release();
    expect(snapshot(root)).toEqual({ "a.txt": "644 a" });
  });

  test("a holder sends heartbeats", async () => {
    const root = makeFolder();
    const lock = await lockProject(root);
    const file = join(root, ".wsgen/lock");
    utimesSync(file, 1_000, 1_000);
    await vi.waitFor(() => expect(statSync(file).mtimeMs).toBeGreaterThan(2_000_000), { timeout: 30_000 });
    await lock.release();
  }, 40_000);

  test("a holder that was taken over sends no heartbeats for the next one", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    onTestFinished(() => void vi.useRealTimers());
    const root = makeFolder();
    const lock = await lockProject(root);
    const file = join(root, ".wsgen/lock");
    writeFileSync(file, JSON.stringify({ pid: 1, host: "elsewhere.example", token: "0123456789abcdef" }));
    utimesSync(file, 1_000, 1_000);
    vi.advanceTimersByTime(60_000);
    expect(statSync(file).mtimeMs).toBe(1_000_000);
    await lock.release();
  });

  test("a lock of this process is not taken over, even without heartbeats", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    onTestFinished(() => void vi.useRealTimers());
    const root = makeFolder();
    const lock = await lockProject(root);
    utimesSync(join(root, ".wsgen/lock"), 1_000, 1_000);
    await expect(lockProject(root, { waitMs: 600, watchMs: 50 })).rejects.toMatchObject({ code: "locked" });
    await lock.assertHeld();
    await lock.release();
  });

  test("a run whose lock was taken over writes nothing, and leaves the lock to its holder", async () => {
    const root = makeFolder({ "a.txt": "a" });
    const lock = await lockProject(root);
    const other = JSON.stringify({ pid: 1, host: "elsewhere.example", token: "0123456789abcdef" });
    writeFileSync(join(root, ".wsgen/lock"), other);
    const { diagnostics } = await commit(root, [{ path: "a.txt", before: "a", after: "b" }], { lock });
    expect(diagnostics).toMatchObject([{ code: "locked", severity: "error" }]);
    await lock.release();
    expect(readFileSync(join(root, "a.txt"), "utf8")).toBe("a");
    expect(readFileSync(join(root, ".wsgen/lock"), "utf8")).toBe(other);
  });

  test("a claim on a dead lock whose claimant died too does not block", async () => {
    const dead = await deadProcess();
    const holder = (token: string) => JSON.stringify({ pid: dead, host: hostname(), token });
    const root = makeFolder({
      ".wsgen/lock": holder("0123456789abcdef"),
      ".wsgen/lock.0123456789abcdef": holder("fedcba9876543210"),
    });
    const lock = await lockProject(root, { waitMs: 2_000 });
    await lock.release();
    expect(snapshot(root)).toEqual({});
  });

  test("a claim of another machine on a dead lock blocks while it is new", async () => {
    const lock = { pid: await deadProcess(), host: hostname(), token: "0123456789abcdef" };
    const claim = { pid: 1, host: "elsewhere.example", token: "fedcba9876543210" };
    const root = makeFolder({
      ".wsgen/lock": JSON.stringify(lock),
      [`.wsgen/lock.${lock.token}`]: JSON.stringify(claim),
    });
    await expect(lockProject(root, { waitMs: 200 })).rejects.toMatchObject({ code: "locked" });
    utimesSync(join(root, `.wsgen/lock.${lock.token}`), 1_000, 1_000);
    await (await lockProject(root, { waitMs: 10_000 })).release();
    expect(snapshot(root)).toEqual({});
  });

  test("reports a file in the place of the state folder", async () => {
    const root = makeFolder({ ".wsgen": "" });
    await expect(lockProject(root, { waitMs: 0 })).rejects.toMatchObject({ code: "write-failed" });
  });
});
