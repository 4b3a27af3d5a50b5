// What a completion script is told. The shells themselves are tried in test/e2e.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { main } from "../../../src/cli.js";
import { completionScripts } from "../../../src/commands/completion.js";
import { readJsonOutput } from "../../support/json-output.js";
import { runMain } from "../../support/run-main.js";

let project: string;

const spec = `wsgen: 1
name: demo
modules:
  chat:
    port: 1
    urls: [ws]
    commands: { say: {}, "user.login": {}, 获取: { as: Fetch } }
    events: { message: {} }
    errors: { full: { details: { room?: {} } } }
    guards: [admin]
  feed: { port: 2, urls: [ws] }
schemas: { Message: {}, Person: { type: object, properties: { name: {}, home: { properties: { street: {} } } } } }
`;

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), "wsgen-completion-"));
  writeFileSync(join(project, "wsgen.yaml"), spec);
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

/** What a completion script gets for the words of a command line, the last one to be completed. */
async function complete(...words: string[]): Promise<string[]> {
  let printed = "";
  const out = (text: string): void => {
    printed += text;
  };
  const code = await main(["--get-yargs-completions", "wsgen", ...words], { out, err: expect.unreachable });
  expect(code).toBe(0);
  return printed.split("\n").filter((line) => line !== "");
}

describe("wsgen completion", () => {
  test.each([
    [["rename", "module"], ""],
    [["remove", "command"], ""],
    [["add", "event"], ""],
  ])("gives modules after %j", async (words, current) => {
    expect(await complete(...words, "--cwd", project, current)).toEqual(["chat", "feed"]);
    expect(await complete(...words, `--cwd=${project}`, "f")).toEqual(["feed"]);
  });

  test("gives codes after explain", async () => {
    expect(await complete("explain", "port_")).toEqual(["port_conflict"]);
    expect(await complete("explain", "port_conflict", "p")).toEqual([]);
  });

  test("gives commands and events of the module", async () => {
    const at = ["--cwd", project];
    expect(await complete("rename", "command", "chat", ...at, "")).toEqual(["say", "user.login", "获取"]);
    expect(await complete("remove", "command", "chat", ...at, "u")).toEqual(["user.login"]);
    expect(await complete("rename", "event", "chat", ...at, "")).toEqual(["message"]);
    expect(await complete("rename", "command", "nope", ...at, "")).toEqual([]);
  });

  test("gives the errors and guards of the module to rename", async () => {
    const at = ["--cwd", project];
    expect(await complete("rename", "error", ...at, "")).toEqual(["chat", "feed"]);
    expect(await complete("rename", "error", "chat", ...at, "")).toEqual(["full"]);
    expect(await complete("rename", "guard", "chat", ...at, "")).toEqual(["admin"]);
    expect(await complete("remove", "error", "chat", ...at, "")).not.toContain("full");
    expect(await complete("rename", "constructor", ...at, "")).not.toContain("chat");
  });

  test("gives the shared schemas of the spec to rename", async () => {
    const at = ["--cwd", project];
    expect(await complete("rename", "schema", ...at, "")).toEqual(["Message", "Person"]);
    expect(await complete("rename", "schema", ...at, "P")).toEqual(["Person"]);
    expect(await complete("rename", "schema", ...at, "Person", "")).not.toContain("chat");
  });

  test("gives the fields of schemas and places to rename", async () => {
    const at = ["--cwd", project];
    const fields = ["Person.name", "Person.home", "Person.home.street"];
    expect(await complete("rename", "field", ...at, "")).toEqual([...fields, "chat.full.details.room"]);
    expect(await complete("rename", "field", ...at, "Person.h")).toEqual(fields.slice(1));
    expect(await complete("rename", "field", ...at, "Person.name", "")).not.toContain("Person.name");
  });

  test("gives commands, kinds and options elsewhere", async () => {
    expect(await complete("")).toContain("generate");
    expect(await complete("rename", "")).toEqual(expect.arrayContaining([expect.stringMatching(/^module/)]));
    expect(await complete("generate", "--pr")).toEqual(
      expect.arrayContaining([expect.stringMatching(/^--prune/)]),
    );
  });

  test("gives nothing without a spec", async () => {
    expect(await complete("rename", "module", "--cwd", join(project, "absent"), "")).toEqual([]);
  });

  test.each(["bash", "zsh", "fish"] as const)("prints a script for %s", async (shell) => {
    const { code, out } = await runMain(project, ["completion", shell]);
    expect({ code, out }).toEqual({ code: 0, out: completionScripts[shell] });
    expect(readJsonOutput(await runMain(project, ["completion", shell, "--json"]))).toMatchObject({
      shell,
      text: out,
    });
  });
});
