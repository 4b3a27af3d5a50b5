// What a mistyped command line gets: the word that was meant, what was typed, and exit code 2.
import { describe, expect, test } from "vitest";
import { readJsonOutput } from "../../support/json-output.js";
import { runMain } from "../../support/run-main.js";

const run = (...args: string[]) => runMain("/", args);

describe("usage error", () => {
  test.each([
    [["generat"], "Unknown command 'generat'; did you mean 'generate'?"],
    [["xyzzy"], "Unknown command 'xyzzy'."],
    [["new", "modul", "chat"], "Unknown command 'modul'; did you mean 'module'?"],
    [["new", "module", "chat", "--prot", "1"], "Unknown option '--prot'; did you mean '--port'?"],
    [["new", "module", "chat", "--prot=1"], "Unknown option '--prot'; did you mean '--port'?"],
    [["generate", "--dry-rnu"], "Unknown option '--dry-rnu'; did you mean '--dry-run'?"],
    [["generate", "--no-colr"], "Unknown option '--no-colr'; did you mean '--no-color'?"],
    [["generate", "--zzz"], "Unknown option '--zzz'."],
    [["list", "all"], "Unexpected argument: 'all'."],
    [["add", "command", "chat"], "Missing argument: expected `wsgen add command <module> <name>`."],
    [["new", "module", "chat", "--port", "many"], "'--port' takes one number, found 'many'."],
    [["new", "module", "chat", "--port", "1", "--port", "2"], "'--port' takes one number, found '1,2'."],
    [["new", "module", "chat", "--as", "A", "--as", "B"], "'--as' is given more than once."],
    [
      ["generate", "--dry-run=1"],
      "'--dry-run' takes no value, found '1': write `--dry-run` or `--no-dry-run`.",
    ],
    [
      ["generate", "--dry-run="],
      "'--dry-run' takes no value, found '': write `--dry-run` or `--no-dry-run`.",
    ],
    [["check", "--diff=maybe"], "'--diff' takes no value, found 'maybe': write `--diff` or `--no-diff`."],
    [["generate", "--dry-run", "yes"], "Unexpected argument: 'yes'."],
    [["generate", "--spec"], "'--spec' needs a value."],
    [["generate", "--spec", ""], "'--spec' needs a value."],
    [["completion", "tcsh"], "Invalid shell 'tcsh', expected 'bash', 'zsh', 'fish'."],
  ])("%j", async (args, message) => {
    const { code, out, err } = await run(...args);
    expect(err).toContain(`error ${message} [usage]`);
    expect(err).toContain(`You typed: \`wsgen --cwd / ${args.join(" ")}\`.`);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    const document = readJsonOutput(await run("--json", ...args));
    expect(document.diagnostics).toMatchObject([{ code: "usage", message }]);
  });

  test("refuses a command after --", async () => {
    const { code, err } = await runMain("/", ["--", "generate"]).catch(() => ({ code: -1, err: "" }));
    expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining("write `wsgen generate`.") });
  });

  test.each(["dry-run", "force", "json", "quiet", "verbose", "color", "diff", "prune", "watch"])(
    "takes no value for --%s, so that nothing is written by mistake",
    async (name) => {
      for (const value of ["1", "0", "yes", "no", "TRUE", "", "maybe"]) {
        expect((await run("generate", `--${name}=${value}`)).code, value).toBe(2);
      }
    },
  );

  test.each([
    ["generate", "--watch", "--json", "--prot", "1"],
    ["generate", "--watch", "--json", "--spec"],
    ["generat", "--json", "--watch"],
  ])("is one line of JSON with %s %s %s", async (...args) => {
    const { code, out, err } = await run(...args);
    expect({ code, err }).toEqual({ code: 2, err: "" });
    expect(out.trimEnd()).not.toContain("\n");
    expect(JSON.parse(out)).toMatchObject({ exitCode: 2, diagnostics: [{ code: "usage" }] });
  });

  test("reports every unknown option", async () => {
    const { err } = await run("generate", "--dry-rnu", "--dif");
    expect(err).toContain("did you mean '--dry-run'?");
    expect(err).toContain("did you mean '--diff'?");
  });

  test.each([
    [[], "wsgen <command>"],
    [["new"], "wsgen new project <dir>"],
    [["add"], "wsgen add command <module> <name>"],
    [["rename"], "wsgen rename module <module> <to>"],
    [["remove"], "wsgen remove event <module> <name>"],
  ])("%j shows the missing help", async (args, line) => {
    const { code, out, err } = await run(...args);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(line);
    expect(err).toContain("--dry-run");
    expect(readJsonOutput(await run(...args, "--json")).exitCode).toBe(2);
  });
});

describe("--help", () => {
  const commands = [
    ["new", "project"],
    ["new", "module"],
    ["add", "command"],
    ["add", "event"],
    ...["rename", "remove"].flatMap((verb) => ["module", "command", "event"].map((kind) => [verb, kind])),
    ["generate"],
    ["check"],
    ["diff"],
    ["list"],
    ["explain"],
    ["completion"],
  ];

  test.each([[[]], ...commands.map((words) => [words])])(
    "of %j has an example, and exit code 0",
    async (words) => {
      const { code, out, err } = await run(...words, "--help");
      expect({ code, err }).toEqual({ code: 0, err: "" });
      expect(out).toMatch(new RegExp(`Examples:\\n\\s+wsgen ${words.join(" ")}`));
      expect(out).not.toContain("undefined");
    },
  );

  test("and version are one document with --json", async () => {
    expect(readJsonOutput(await run("--help", "--json")).text).toContain("Commands:");
    expect(readJsonOutput(await run("--version", "--json")).text).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
