// `wsgen new project` without arguments, on a terminal of its own (the program `script` makes one) and without one.
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { main } from "../../../src/cli.js";

const wsgen = fileURLToPath(new URL("../../../bin/wsgen.js", import.meta.url));
const enter = "\r";
const down = "\u001b[B";
const questions = [
  "Which folder should it be in?",
  "What should it begin with?",
  "Where is the spec?",
  "Run npm install?",
];

/** wsgen at a terminal: what it shows is read, and keys are typed. */
class Terminal {
  readonly folder: string;
  readonly #child: ChildProcessWithoutNullStreams;
  #shown = "";
  #read = 0;

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), "wsgen-asks-"));
    const run = `stty cols 100 rows 40; exec "${process.execPath}" "${wsgen}" new project`;
    this.#child = spawn("script", ["-qec", run, "/dev/null"], { cwd: this.folder });
    this.#child.stdout.on("data", (chunk) => {
      this.#shown += chunk;
    });
    onTestFinished(() => {
      this.#child.kill("SIGKILL");
      rmSync(this.folder, { recursive: true, force: true });
    });
  }

  /** Waits for a text behind the last one, and types the answer. */
  async answer(question: string, keys: string): Promise<void> {
    await expect.poll(() => this.#next()).toContain(question);
    this.#read = this.#shown.length;
    this.#child.stdin.write(keys);
  }

  /** What was shown in all, when the program has ended, and its exit code. */
  async end(): Promise<{ code: number; shown: string; hasCursor: boolean }> {
    const [code] = await once(this.#child, "close");
    const hasCursor = this.#shown.lastIndexOf("\u001b[?25h") > this.#shown.lastIndexOf("\u001b[?25l");
    return { code, shown: stripVTControlCharacters(this.#shown), hasCursor };
  }

  #next(): string {
    return stripVTControlCharacters(this.#shown.slice(this.#read));
  }
}

test("asks for the folder, the spec and the installation, and creates that project", async () => {
  const terminal = new Terminal();
  writeFileSync(join(terminal.folder, "chat.yaml"), "wsgen: 1\nname: chat\n");
  await terminal.answer(questions[0]!, `.${enter}`);
  await terminal.answer("The folder '.' is not empty: 'chat.yaml'.", `my chat${enter}`);
  await terminal.answer(questions[1]!, down + enter);
  await terminal.answer(questions[2]!, `no.yaml${enter}`);
  await terminal.answer("Spec no.yaml was not found", `chat.yaml${enter}`);
  await terminal.answer(questions[3]!, down + enter);
  const { code, shown } = await terminal.end();
  expect(shown).toContain("wsgen new project 'my chat' --spec=chat.yaml --no-install");
  expect(code).toBe(0);
  expect(readFileSync(join(terminal.folder, "my chat/wsgen.yaml"), "utf8")).toContain("name: chat\n");
  expect(readdirSync(join(terminal.folder, "my chat"))).not.toContain("node_modules");
});

test.each(
  questions.flatMap((question) => [
    ["Ctrl-C", "\u0003", question] as const,
    ["Ctrl-D", "\u0004", question] as const,
  ]),
)("%s (%j) at %j creates nothing, gives the terminal back and exits with 130", async (_name, key, last) => {
  const terminal = new Terminal();
  writeFileSync(join(terminal.folder, "chat.yaml"), "wsgen: 1\nname: chat\n");
  const answers = [enter, down + enter, `chat.yaml${enter}`, enter];
  for (const [index, question] of questions.entries()) {
    await terminal.answer(question, question === last ? key : answers[index]!);
    if (question === last) break;
  }
  const { code, shown, hasCursor } = await terminal.end();
  expect(shown).toContain("No project was created.");
  expect({ code, hasCursor }).toEqual({ code: 130, hasCursor: true });
  expect(readdirSync(terminal.folder)).toEqual(["chat.yaml"]);
});

test("without a terminal, a missing folder is wrong usage", async () => {
  let err = "";
  const write = (text: string) => {
    err += text;
  };
  expect(await main(["new", "project"], { out: write, err: write })).toBe(2);
  expect(err).toContain("Missing argument: expected `wsgen new project <dir>`.");
});
