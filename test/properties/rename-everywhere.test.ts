// What the compiler can resolve follows a renaming: code that reaches a client and events in every way that we know compiles
// against the real runtime before, in between and after, and renaming back gives the same bytes.
import { mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { readCase, setUp } from "../golden/golden-case.js";
import { compileProject } from "../support/compile-project.js";
import { runMain } from "../support/run-main.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = fileURLToPath(
  new URL(
    "../golden/cases/rename/rename-of-a-command-and-an-event-follows-wherever-a-type-leads/",
    import.meta.url,
  ),
);

test("rename: the code compiles, and renaming back restores the bytes", async () => {
  const project = await mkdtemp(join(tmpdir(), "wsgen-rename-"));
  onTestFinished(() => rm(project, { recursive: true, force: true }));
  await setUp(await readCase(folder), folder, project);
  await symlink(join(root, "node_modules"), join(project, "node_modules"));
  const own = async () =>
    Promise.all(["src/uses.ts", "web/chat.js"].map((path) => readFile(join(project, path), "utf8")));
  const written = await own();
  expect(await compileProject(project)).toBe("");
  const rename = async (...words: readonly string[]): Promise<void> => {
    const { code, err } = await runMain(project, ["rename", ...words]);
    expect(code, err).toBe(0);
    expect(await compileProject(project), words.join(" ")).toBe("");
  };
  await rename("schema", "Message", "posted.message");
  await rename("event", "chat", "message.posted", "posted");
  await rename("command", "chat", "say", "shout");
  await rename("module", "chat", "talk");
  await rename("module", "talk", "chat");
  await rename("command", "chat", "shout", "say");
  await rename("event", "chat", "posted", "message.posted");
  await rename("schema", "posted.message", "Message");
  expect(await own()).toEqual(written);
  // What is no identifier takes other brackets.
  await rename("command", "chat", "say", "say it-twice");
  await rename("event", "chat", "message.posted", "room:posted");
}, 600_000);
