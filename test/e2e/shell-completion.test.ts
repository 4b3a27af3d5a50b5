// Real shells complete real command lines with the scripts that wsgen prints.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { completionScripts } from "../../src/commands/completion.js";
import { skipUnless } from "../support/skip-unless.js";

const bin = fileURLToPath(new URL("../../bin/wsgen.js", import.meta.url));
let folder: string;

const spec = `wsgen: 1
name: demo
modules:
  chat:
    port: 1
    urls: [ws]
    commands: { say: {}, "feed:read": { as: FeedRead }, "send it": { as: SendIt }, 获取: { as: Fetch }, "$(touch pwned)": { as: A }, "\`touch pwned\`": { as: B } }
    events: { message: {} }
  feed: { port: 2, urls: [ws] }
`;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "wsgen-shells-"));
  writeFileSync(join(folder, "wsgen.yaml"), spec);
  writeFileSync(join(folder, "wsgen"), `#!/bin/sh\nexec "${process.execPath}" "${bin}" "$@"\n`, {
    mode: 0o755,
  });
  for (const [shell, script] of Object.entries(completionScripts)) writeFileSync(join(folder, shell), script);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const inShell = (shell: string) =>
  skipUnless(
    spawnSync(shell, ["-c", "exit 0"]).status === 0,
    `the completion in ${shell}`,
    `apt-get install ${shell}`,
  );

function run(shell: string, ...args: string[]): string {
  const env = { ...process.env, PATH: `${folder}:${process.env.PATH}`, LC_ALL: "C.UTF-8", TERM: "dumb" };
  return execFileSync(shell, args, { cwd: folder, env, encoding: "utf8", timeout: 60_000 });
}

/** Suggestions in bash, as they would stand on the line. */
function inBash(line: string): string[] {
  const script = `source ./bash; COMP_LINE=$1; COMP_POINT=\${#1}; _wsgen_completions; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return suggestions(run("bash", "-c", script, "bash", line));
}

const inFish = (line: string): string[] =>
  suggestions(run("fish", "--no-config", "-c", "source ./fish; complete -C $argv[1]", line)).map(
    (found) => found.split("\t")[0] ?? "",
  );

const suggestions = (printed: string): string[] => printed.split("\n").filter((line) => line !== "");

/** What zsh, at a terminal of its own, has made of a line after a press of the tab key. */
function inZsh(line: string): string {
  const script = `zmodload zsh/zpty
zpty z 'zsh -f -i'
zpty -w z 'PROMPT=; autoload -Uz compinit; compinit -u -D; source ./zsh; wsgen-shows() { zle -I; print -r -- "<<$BUFFER>>" }; zle -N wsgen-shows; bindkey "^X" wsgen-shows; echo REA""DY'
zpty -r z out '*READY*'
zpty -w -n z "$1"$'\\t\\x18'
zpty -r z out '*<<*>>*'
print -r -- "$out"
zpty -d z`;
  writeFileSync(join(folder, "type.zsh"), script);
  const shown = run("zsh", "-f", "type.zsh", line);
  return /<<(.*)>>/.exec(shown)?.[1]?.trim() ?? shown;
}

inShell("bash").describe("bash", () => {
  test("completes commands, options and names", () => {
    expect(inBash("wsgen gen")).toEqual(["generate"]);
    expect(inBash("wsgen generate --pr")).toEqual(["--prune"]);
    expect(inBash("wsgen rename module ")).toEqual(["chat", "feed"]);
    expect(inBash("wsgen rename event chat m")).toEqual(["message"]);
    expect(inBash("wsgen remove command chat sa")).toEqual(["say"]);
    // A word of the line ends at a colon there.
    expect(inBash("wsgen remove command chat feed:r")).toEqual(["read"]);
  });

  test("never runs a name as code, and quotes it", () => {
    const names = String.raw`say feed:read send\ it 获取 \$\(touch\ pwned\) ${"\\`touch\\ pwned\\`"}`;
    expect(inBash("wsgen remove command chat ").join(" ")).toBe(names);
    expect(existsSync(join(folder, "pwned"))).toBe(false);
  });
});

inShell("zsh").describe("zsh", () => {
  test.each([
    ["wsgen gen", "wsgen generate"],
    ["wsgen generate --pru", "wsgen generate --prune"],
    ["wsgen add event fe", "wsgen add event feed"],
    ["wsgen rename event chat m", "wsgen rename event chat message"],
    ["wsgen remove command chat fe", "wsgen remove command chat feed:read"],
    ["wsgen remove command chat sen", String.raw`wsgen remove command chat send\ it`],
  ])("makes of %j %j", (typed, completed) => {
    expect(inZsh(typed)).toBe(completed);
  });

  test("never runs a name as code", () => {
    inZsh("wsgen remove command chat ");
    expect(existsSync(join(folder, "pwned"))).toBe(false);
  });
});

inShell("fish").describe("fish", () => {
  test("completes commands, options, names, and files elsewhere", () => {
    expect(inFish("wsgen gen")).toEqual(["generate"]);
    expect(inFish("wsgen generate --pr")).toEqual(["--prune"]);
    expect(inFish("wsgen rename module ")).toEqual(["chat", "feed"]);
    expect(inFish("wsgen remove command chat fe")).toEqual(["feed:read"]);
    expect(inFish("wsgen diff wsgen.y")).toEqual(["wsgen.yaml"]);
    inFish("wsgen remove command chat ");
    expect(existsSync(join(folder, "pwned"))).toBe(false);
  });
});
