// What only tells writes nothing: no file, no folder, no lock, not even a time stamp.
import { lstatSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { cp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readJsonOutput } from "../../support/json-output.js";
import { runMain } from "../../support/run-main.js";

const cases = fileURLToPath(new URL("../../golden/cases/", import.meta.url));
let project: string;

beforeAll(async () => {
  project = mkdtempSync(join(tmpdir(), "wsgen-dry-run-"));
  for (const layer of [
    "new/a-new-project-from-a-spec-with-three-modules/expected/chat-server",
    "check/a-project-that-a-person-filled-in-is-up-to-date/before",
  ])
    await cp(join(cases, layer), project, { recursive: true });
  // Something to do for generate, and something that is installed.
  rmSync(join(project, "src/modules/feed/feed.gen.ts"));
  await cp(join(project, "src"), join(project, "node_modules/some-package"), { recursive: true });
  writeFileSync(join(project, "src/modules/feed/mine.ts"), "export const mine = 1;\n");
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

/** Every file and folder with what the system knows of it. */
function traces(): string[] {
  const entries = readdirSync(project, { recursive: true, encoding: "utf8" }).sort();
  return ["", ...entries].map((path) => {
    const { ino, size, mtimeNs, ctimeNs } = lstatSync(join(project, path), { bigint: true });
    return [path, ino, size, mtimeNs, ctimeNs].join(" ");
  });
}

test.each([
  ["generate"],
  ["generate", "--prune", "--force"],
  ["new", "module", "extra", "--port", "1", "--url", "ws"],
  ["add", "command", "chat", "extra"],
  ["add", "event", "chat", "extra"],
  ["rename", "module", "chat", "talk"],
  ["rename", "command", "chat", "say", "speak"],
  ["rename", "event", "chat", "message", "said"],
  ["remove", "module", "feed"],
  ["remove", "command", "chat", "say", "--force"],
  ["remove", "event", "chat", "message"],
])("%s %s %s --dry-run: writes nothing", async (...args) => {
  const before = traces();
  const result = readJsonOutput(await runMain(project, [...args, "--dry-run", "--diff", "--json"]));
  expect(result).toMatchObject({ exitCode: 0, written: false });
  expect(result.files.some(({ change }) => change !== "unchanged")).toBe(true);
  expect(traces()).toEqual(before);
});

test.each([["check"], ["list"], ["diff", "wsgen.yaml"]])("%s: writes nothing", async (...args) => {
  const before = traces();
  await runMain(project, args);
  expect(traces()).toEqual(before);
});
