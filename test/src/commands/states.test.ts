// What every command says and does of code that a person deleted, emptied, moved, renamed or took out of a list.
import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { readJsonOutput } from "../../support/json-output.js";
import { runMain } from "../../support/run-main.js";
import { runServed } from "../../support/run-served.js";

const example = fileURLToPath(
  new URL(
    "../../golden/cases/new/a-new-project-without-a-spec-is-the-ping-example/expected/my-app",
    import.meta.url,
  ),
);
const files = {
  command: "src/modules/example/commands/ping.command.ts",
  module: "src/modules/example/example.module.ts",
} as const;
const lists = { command: files.module, module: "src/main.ts" } as const;
const classes = { command: "PingCommand", module: "ExampleModule" } as const;
type Kind = keyof typeof files;

type State = (project: string, kind: Kind) => Promise<void>;

const edit = async (path: string, change: (text: string) => string): Promise<void> =>
  writeFile(path, change(await readFile(path, "utf8")));

async function move(project: string, kind: Kind): Promise<string> {
  const target = `src/moved/${classes[kind]}.ts`;
  await mkdir(join(project, dirname(target)));
  await rename(join(project, files[kind]), join(project, target));
  await edit(join(project, target), (text) =>
    text.replaceAll(
      /from "\.\.?\/(commands\/)?(example\.gen|ping\.command)/g,
      (_, folder = "", name: string) => `from "../modules/example/${folder}${name}`,
    ),
  );
  return target;
}

const states: Record<string, State> = {
  "is deleted": (project, kind) => rm(join(project, files[kind])),
  "is empty": (project, kind) => writeFile(join(project, files[kind]), "\n"),
  "has comments only": (project, kind) =>
    edit(join(project, files[kind]), (text) => text.replaceAll(/^(?=.)/gm, "// ")),
  "has a syntax error": (project, kind) => edit(join(project, files[kind]), (text) => `${text}}\n`),
  "has a renamed class": async (project, kind) => {
    for (const path of [files[kind], lists[kind]])
      await edit(join(project, path), (text) => text.replaceAll(classes[kind], "Mine"));
  },
  "was moved with its imports": async (project, kind) => {
    const target = await move(project, kind);
    const from = kind === "command" ? "./commands/ping.command.js" : "./modules/example/example.module.js";
    const to = `${kind === "command" ? "../.." : "."}/${target.slice("src/".length).replace(".ts", ".js")}`;
    await edit(join(project, lists[kind]), (text) => text.replace(from, to));
  },
  "was moved without its imports": async (project, kind) => void (await move(project, kind)),
  "was taken out of its list": (project, kind) =>
    edit(join(project, lists[kind]), (text) =>
      text.replace(new RegExp(`\\n *new ${classes[kind]}\\(\\),`), ""),
    ),
  "is commented out in its list": (project, kind) =>
    edit(join(project, lists[kind]), (text) => text.replace(`new ${classes[kind]}(),`, "// $&")),
};

const commands: readonly (readonly string[])[] = [
  ["check"],
  ["generate"],
  ["add", "command", "example", "say"],
  ["rename", "command", "example", "ping", "pong"],
  ["list"],
];

interface Row {
  readonly kind: Kind;
  readonly state: State;
  readonly args: readonly string[];
}

interface Said {
  readonly severity: string;
  readonly code: string;
  readonly message: string;
  readonly at?: { readonly file: string; readonly line: number; readonly column: number };
}

/** A line for what a command does, and one for each thing that it says. */
async function run({ kind, state, args }: Row): Promise<string> {
  const project = await mkdtemp(join(tmpdir(), "wsgen-states-"));
  try {
    await cp(example, project, { recursive: true });
    await state(project, kind);
    const {
      exitCode,
      files: changed,
      diagnostics,
    } = readJsonOutput(await runMain(project, [...args, "--json"]));
    const own = changed.filter(
      ({ path, change }) => change !== "unchanged" && !/\.gen\.|wsgen\.yaml/.test(path),
    );
    const said = diagnostics as readonly unknown[] as readonly Said[];
    if (args[0] === "generate" && exitCode === 0 && said.every(({ severity }) => severity === "note")) {
      expect(await runServed(project)).toEqual([{ flag: "example", commands: ["ping"] }]);
      expect((await runMain(project, ["check"])).code).toBe(0);
    }
    return [
      `  ${args.slice(0, 2).join(" ")}: exit ${exitCode}${own.map(({ path, change }) => `, ${change} ${path}`).join("")}`,
      ...said.map(
        ({ severity, code, message, at }) =>
          `    ${at ? `${placeOf(at)} ` : ""}${severity} ${message} [${code}]`,
      ),
    ].join("\n");
  } finally {
    await rm(project, { recursive: true, force: true });
  }
}

/** Lines of generated files are another matter. */
const placeOf = ({ file, line, column }: NonNullable<Said["at"]>): string =>
  /\.gen\./.test(file) ? file : `${file}:${line}:${column}`;

const expectations = fileURLToPath(new URL("states.txt", import.meta.url));

/** UPDATE=1 writes what the commands do; read the difference. */
test("every command in every state", { timeout: 300_000 }, async () => {
  const lines: string[] = [];
  for (const kind of ["command", "module"] as const) {
    for (const [what, state] of Object.entries(states)) {
      const thing = / its list$/.test(what) ? "class" : "file";
      lines.push(`The ${thing} of a ${kind} ${what}`);
      for (const args of commands) lines.push(await run({ kind, state, args }));
    }
  }
  const actual = `${lines.join("\n")}\n`;
  if (process.env.UPDATE === "1") await writeFile(expectations, actual);
  expect(actual).toBe(await readFile(expectations, "utf8"));
});

test.each([
  { given: "as it was made", change: (setup: string) => setup, isRefused: false },
  {
    given: "changed",
    change: (setup: string) => setup.replace('ws/test"', 'ws/test?name=ann"'),
    isRefused: true,
  },
])(
  "remove of a module whose handshake was described after its test setup, which is $given",
  async ({ change, isRefused }) => {
    const project = await mkdtemp(join(tmpdir(), "wsgen-states-"));
    onTestFinished(() => rm(project, { recursive: true }));
    await cp(example, project, { recursive: true });
    await edit(join(project, "wsgen.yaml"), (text) =>
      text.replace(/^( +)commands:/m, "$1handshake: { query: { page: { type: integer } } }\n$&"),
    );
    expect(await runMain(project, ["generate"])).toMatchObject({ code: 0 });
    await edit(join(project, "test/example.setup.ts"), change);
    const { err } = await runMain(project, ["remove", "module", "example"]);
    expect(err.includes("test/example.setup.ts would be deleted")).toBe(isRefused);
  },
);
