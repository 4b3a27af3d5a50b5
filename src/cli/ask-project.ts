import { resolve } from "node:path";
import { CANCEL_SYMBOL, cancel, confirm, intro, log, outro, select, text } from "@clack/prompts";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { readSpecAnywhere } from "../fs/read-spec-file.js";

// As the progress of a run: standard output has only its result.
const output = process.stderr;

/**
 * Asks what `wsgen new project` needs, and returns it as arguments of the command line. Undefined after Ctrl-C, or when the input
 * ends. Writes no file.
 */
export async function askProject(): Promise<readonly string[] | undefined> {
  const ending = new AbortController();
  // At the end of the input (Ctrl-D), a question would never be answered, and the process would just end.
  const end = () => ending.abort();
  process.once("beforeExit", end);
  try {
    return await askAll({ output, signal: ending.signal });
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error;
    cancel("No project was created.", { output });
    return undefined;
  } finally {
    process.removeListener("beforeExit", end);
  }
}

/** The question was cancelled. */
class Cancelled extends Error {}

interface Asking {
  readonly output: NodeJS.WriteStream;
  readonly signal: AbortSignal;
}

async function askAll(asking: Asking): Promise<readonly string[]> {
  intro("A new WebSocket server", { output });
  const { checkTarget } = await import("../commands/new-project.js");
  const folder = await askText("Which folder should it be in?", "my-app", asking, (typed) =>
    checkTarget(typed, { cwd: resolve(typed), force: false }),
  );
  const start = await answer(
    select({
      message: "What should it begin with?",
      options: [
        { value: "example", label: "An example", hint: "one module that answers a ping" },
        { value: "spec", label: "A spec that I have", hint: "a YAML or JSON file" },
      ],
      ...asking,
    }),
  );
  const spec =
    start === "spec"
      ? await askText("Where is the spec?", "wsgen.yaml", asking, async (typed) => {
          const { value, diagnostics } = await readSpecAnywhere(resolve("."), typed);
          return value === undefined ? diagnostics[0] : undefined;
        })
      : undefined;
  const installs = await answer(confirm({ message: "Run npm install?", ...asking }));
  const args = [
    folder.startsWith("-") ? `./${folder}` : folder,
    ...(spec === undefined ? [] : [`--spec=${spec}`]),
    ...(installs ? [] : ["--no-install"]),
  ];
  outro(`The same without questions: wsgen new project ${args.map(quote).join(" ")}`, { output });
  return args;
}

/** Asks until the answer has no problem. @param proposal the answer if nothing is typed */
async function askText(
  message: string,
  proposal: string,
  asking: Asking,
  findProblem: (typed: string) => Promise<Diagnostic | undefined>,
): Promise<string> {
  for (;;) {
    const typed = await answer(text({ message, placeholder: proposal, defaultValue: proposal, ...asking }));
    const problem = await findProblem(typed);
    if (problem === undefined) return typed;
    log.error(problem.message, { output });
  }
}

/** @throws Cancelled after Ctrl-C */
async function answer<Value>(question: Promise<Value | typeof CANCEL_SYMBOL>): Promise<Value> {
  const value = await question;
  if (value === CANCEL_SYMBOL) throw new Cancelled();
  return value;
}

const quote = (arg: string): string =>
  /^[\w./=:@+-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`;
