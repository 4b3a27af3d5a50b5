// A schema changes, `wsgen generate` runs, and the compiler points at every line of the user's that no longer fits.
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { casesFolder, setUp } from "../golden/golden-case.js";
import { compileProject } from "../support/compile-project.js";
import { runMain } from "../support/run-main.js";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** A project whose commands are written, as a person wrote them. */
async function filledInProject(): Promise<string> {
  const project = await mkdtemp(join(tmpdir(), "wsgen-changed-"));
  onTestFinished(() => rm(project, { recursive: true, force: true }));
  const from = [
    "new/a-new-project-from-a-spec-with-three-modules/expected/chat-server",
    "check/a-project-that-a-person-filled-in-is-up-to-date/before",
  ];
  await setUp({ from, args: [], exitCode: 0 }, join(casesFolder, "none"), project);
  await symlink(join(root, "node_modules"), join(project, "node_modules"));
  return project;
}

const clientUse = `import { createChatClient } from "../client/chat.client.gen.js";
export const say = async (): Promise<number> =>
  (await createChatClient("ws://localhost").say({ room: "lobby", text: "hi" })).delivered;
`;

test.each<[title: string, ...edits: [from: string, to: string][]]>([
  [
    "a field of a reply that is called otherwise",
    ["delivered: { type: integer, minimum: 0 }", "reached: { type: integer, minimum: 0 }"],
    ["[delivered]", "[reached]"],
  ],
  [
    "a field of a request that has another type",
    ["text: { type: string, minLength: 1, maxLength: 500 }", "text: { type: integer }"],
  ],
])("%s", async (_title, ...edits) => {
  const project = await filledInProject();
  await writeFile(join(project, "src/client-use.ts"), clientUse);
  expect(await compileProject(project)).toBe("");
  const spec = join(project, "wsgen.yaml");
  const text = await readFile(spec, "utf8");
  const start = text.indexOf("      say:");
  let changed = text.slice(start);
  for (const [from, to] of edits) {
    expect(changed).toContain(from);
    changed = changed.replace(from, to);
  }
  await writeFile(spec, text.slice(0, start) + changed.replace(/ +examples:\n.*\n.*\n/, ""));

  const { code, err } = await runMain(project, ["generate"]);
  expect(code, err).toBe(0);
  const files = new Set((await compileProject(project)).match(/^[^\s(]+(?=\()/gm));
  expect([...files].sort()).toEqual(["src/client-use.ts", "src/modules/chat/commands/say.command.ts"]);
});
