// A comment that wsgen wrote follows a renaming; a person's is left, and reported with its place.
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { readJsonOutput } from "../../support/json-output.js";
import { runMain } from "../../support/run-main.js";

const example = fileURLToPath(
  new URL(
    "../../golden/cases/new/a-new-project-without-a-spec-is-the-ping-example/expected/my-app",
    import.meta.url,
  ),
);
const stub = "src/modules/feed/commands/say.command.ts";

async function makeProject(): Promise<string> {
  const project = await mkdtemp(join(tmpdir(), "wsgen-comments-"));
  onTestFinished(() => rm(project, { recursive: true, force: true }));
  await cp(example, project, { recursive: true });
  await runMain(project, ["new", "module", "feed", "--port", "10098", "--url", "ws"]);
  await runMain(project, ["add", "command", "feed", "say"]);
  return project;
}

test("rename: changes the name in what wsgen wrote", async () => {
  const project = await makeProject();
  const command = readJsonOutput(
    await runMain(project, ["rename", "command", "feed", "say", "tell", "--json"]),
  );
  const module = readJsonOutput(await runMain(project, ["rename", "module", "feed", "news", "--json"]));
  expect([...command.diagnostics, ...module.diagnostics]).toEqual([]);
  const read = (path: string) => readFile(join(project, path), "utf8");
  expect(await read("src/modules/news/commands/tell.command.ts")).toContain(
    "/** The command tell. */\nexport class TellCommand",
  );
  expect(await read("src/modules/news/news.module.ts")).toContain(
    "/** The module news. */\nexport class NewsModule",
  );
});

test("rename: leaves and reports comments of the user", async () => {
  const project = await makeProject();
  const text = await readFile(join(project, stub), "utf8");
  await writeFile(
    join(project, stub),
    text.replace("/** The command say. */", "/** Lets people say things. */"),
  );
  await writeFile(
    join(project, "src/mine.ts"),
    "// See SayCommand, not SayCommands; they say so.\nexport const mine = 1;\n",
  );
  const { diagnostics } = readJsonOutput(
    await runMain(project, ["rename", "command", "feed", "say", "tell", "--json"]),
  );
  expect(diagnostics).toMatchObject([
    { code: "old-name", severity: "note", at: { file: "src/mine.ts", line: 1, column: 8 } },
    { code: "old-name", at: { file: "src/modules/feed/commands/tell.command.ts", line: 5 } },
  ]);
  expect(await readFile(join(project, "src/modules/feed/commands/tell.command.ts"), "utf8")).toContain(
    "say things",
  );
});
