// The tools that people run over a project, really installed: a service of an npm workspace, made from a spec outside of it,
// that formatters and linters rewrite, that other compilers and package managers take, and that runs while it changes.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../support/free-port.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const execute = promisify(execFile);
const minutes = (count: number) => ({ timeout: count * 60_000 });
const quickly = ["--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts"];

/** Bodies for the commands of board.yaml, so that their generated tests pass. */
const bodies: Readonly<Record<string, string>> = {
  add: '{ id: "5f0c9a3e-7f5d-4c7b-9a67-0d6a5f0c9a3e", title: _data.title, state: "open", note: _data.note ?? null }',
  "task.move": "{}",
  count: "{ open: 1 }",
  anything: "{}",
  words: '["a"]',
  when: "{}",
  stat: "{ bytes: 1 }",
};

let parent: string;
let repository: string;
let spec: string;
let service: string;
/** package.json before the tools were added. */
let manifest: string;

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), "wsgen-tools-"));
  repository = join(parent, "repository");
  spec = join(repository, "contracts/board.yaml");
  service = join(repository, "services/board");
  await mkdir(join(repository, "contracts"), { recursive: true });
  await writeFile(join(repository, "package.json"), '{ "private": true, "workspaces": ["services/*"] }\n');
  const [port, other] = [await freePort(), await freePort()];
  const text = await readFile(join(root, "test/e2e/board.yaml"), "utf8");
  await writeFile(spec, text.replaceAll("10101", String(port)).replaceAll("10102", String(other)));
  const from = ["--spec", "contracts/board.yaml", "--no-copy", "--no-install"];
  await run(
    process.execPath,
    [join(root, "bin/wsgen.js"), "new", "project", "services/board", ...from],
    repository,
  );
  manifest = await readFile(join(service, "package.json"), "utf8");
  await fillIn();
  const tools = ["typescript@~5.9.3", "eslint@^10.0.0", "typescript-eslint@^8.60.0"];
  await run("npm", ["install", "-D", ...quickly, ...tools], service);
}, 300_000);
afterAll(() => rm(parent, { recursive: true, force: true }));

async function fillIn(): Promise<void> {
  const { modules } = JSON.parse((await wsgen("list", "--json")).stdout);
  for (const { name, file } of modules.flatMap(({ commands }: { commands: unknown[] }) => commands)) {
    const path = join(service, file);
    const stub = await readFile(path, "utf8");
    const written = stub.replace(/throw new NotImplementedError\(.*\)/, `return ${bodies[name]}`);
    await writeFile(path, written.replace("NotImplementedError, ", ""));
  }
}

/** Rejects with all that the program printed. */
async function run(
  file: string,
  args: readonly string[],
  cwd: string,
  env = {},
): Promise<{ stdout: string }> {
  const options = { cwd, env: { ...process.env, ...env }, maxBuffer: 64 * 1024 * 1024 };
  return execute(file, [...args], options).catch((error: { stdout: string; stderr: string }) => {
    throw new Error(`${file} ${args.join(" ")}\n${error.stdout}${error.stderr}`);
  });
}

const node = (script: string, args: readonly string[], cwd = service) =>
  run(process.execPath, [join(root, "node_modules", script), ...args], cwd);
/** Before anything is installed wsgen's own; it is the same build. */
const wsgen = (...args: string[]) => run(process.execPath, [join(root, "bin/wsgen.js"), ...args], service);

/** The project is what its spec gives: wsgen has nothing to say and nothing to do. */
async function expectUpToDate(): Promise<void> {
  for (const command of ["check", "generate"]) {
    const { diagnostics, files } = JSON.parse(
      (await run("npx", ["wsgen", command, "--json"], service)).stdout,
    );
    expect(diagnostics).toEqual([]);
    expect(files.filter(({ change }: { change: string }) => change !== "unchanged")).toEqual([]);
  }
}

describe("a service of an npm workspace with its spec in another folder", () => {
  test("is sound as it was made, with the packages at the top", minutes(2), async () => {
    expect(await readFile(join(repository, "node_modules/wsgen/package.json"), "utf8")).toContain("wsgen");
    await expectUpToDate();
    await run("npm", ["test"], service);
  });

  test(
    "has nothing for eslint with typescript-eslint's strict rules, nor with no rules",
    minutes(3),
    async () => {
      const config = join(service, "eslint.config.js");
      const lint = () => run("npx", ["eslint", ".", "--max-warnings=0"], service);
      await writeFile(config, eslintConfig);
      await lint();
      // A comment that turns rules off is a warning where it has no use.
      await writeFile(config, noRules);
      await lint();
    },
  );

  test("is sound after prettier, which then finds nothing", minutes(2), async () => {
    await node("prettier/bin/prettier.cjs", ["--write", "."]);
    await expectUpToDate();
    await node("prettier/bin/prettier.cjs", ["--check", "."]);
  });

  test("is sound after biome, which then finds nothing", minutes(2), async () => {
    await rm(join(service, "dist"), { recursive: true });
    await node("@biomejs/biome/bin/biome", ["check", "--write", "."]);
    await expectUpToDate();
    await node("@biomejs/biome/bin/biome", ["check", "--error-on-warnings", "."]);
    await run("npm", ["test"], service);
  });

  test("keeps the rest of a formatted project where the spec changes", minutes(2), async () => {
    const { stdout } = await run("npx", ["wsgen", "add", "event", "board", "moved", "--json"], service);
    const { files, diagnostics } = JSON.parse(stdout);
    expect(diagnostics).toEqual([]);
    const changed = files.filter(({ change }: { change: string }) => change !== "unchanged");
    expect(changed.map(({ path }: { path: string }) => path).sort()).toEqual([
      "../../contracts/board.yaml",
      "client/board.client.gen.ts",
      "src/modules/board/board.gen.ts",
    ]);
    await run("npx", ["wsgen", "check"], service);
  });

  test.each([
    ["5.9", () => join(repository, "node_modules/typescript/bin/tsc")],
    ["7", () => join(root, "node_modules/typescript/bin/tsc")],
  ])(
    "compiles with TypeScript %s under every strict option, for Node and for a bundler",
    minutes(2),
    async (version, tsc) => {
      const compile = (...args: string[]) => run(process.execPath, [tsc(), ...args], service);
      expect((await compile("-v")).stdout).toContain(` ${version}.`);
      await writeFile(join(service, "src/use.ts"), useOfServer);
      await writeFile(join(service, "client/use.ts"), useOfClient);
      await writeFile(join(service, "tsconfig.strict.json"), JSON.stringify(strictest));
      await writeFile(join(service, "tsconfig.bundler.json"), JSON.stringify(bundler));
      await compile("-p", "tsconfig.strict.json");
      await compile("-p", "tsconfig.bundler.json");
      if (version === "5.9") {
        await writeFile(join(service, "tsconfig.node10.json"), JSON.stringify(node10));
        await compile("-p", "tsconfig.node10.json");
      }
      for (const file of ["src/use.ts", "client/use.ts"]) await rm(join(service, file));
    },
  );

  test("is CommonJS after the changes that the docs name", minutes(2), async () => {
    const copy = join(repository, "others/common");
    await cp(service, copy, { recursive: true, filter: (path) => !/[/\\](node_modules|dist)$/.test(path) });
    await replaceIn(join(copy, "package.json"), /"type": "module"/, '"type": "commonjs"');
    await replaceIn(
      join(copy, "tsconfig.json"),
      /"verbatimModuleSyntax": true/,
      '"verbatimModuleSyntax": false',
    );
    await replaceIn(
      join(copy, "src/main.ts"),
      /const server = await ([\s\S]*?\);)\n([\s\S]*)/,
      "async function main() {\nconst server = await $1\n$2}\nvoid main();\n",
    );
    for (const config of ["eslint.config.js", "tsconfig.strict.json"])
      await rm(join(copy, config), { force: true });
    await run("npx", ["wsgen", "check"], copy);
    await run("npm", ["test"], copy);
    const server = spawn(process.execPath, ["dist/src/main.js"], {
      cwd: copy,
      stdio: ["ignore", "pipe", "inherit"],
    });
    await logLine(server, (line) => line.msg === "listening");
    server.kill("SIGTERM");
    expect(await once(server, "exit")).toEqual([0, null]);
    await rm(copy, { recursive: true });
  });

  test("follows its spec while it runs with npm run dev", minutes(3), async () => {
    const port = await freePort();
    // Its own process group, as a terminal gives it: Ctrl-C reaches all of it.
    const dev = spawn("npm", ["run", "dev"], {
      cwd: service,
      detached: true,
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      await logLine(dev, (line) => line.msg === "listening");
      const text = await readFile(spec, "utf8");
      await writeFile(`${spec}~`, text.replace(/( {2}bare:\n {4}port: )\d+/, `$1${port}`));
      await rename(`${spec}~`, spec);
      await logLine(dev, (line) => line.msg === "listening" && line.port === port);
    } finally {
      const ended = once(dev, "exit");
      process.kill(-(dev.pid ?? 0), "SIGINT");
      await ended;
    }
    await run("npx", ["wsgen", "check"], service);
  });
});

describe("a service of another workspace", () => {
  let registry: string;
  beforeAll(async () => {
    registry = (await run("npm", ["config", "get", "registry"], parent)).stdout.trim();
    await run("npm", ["install", ...quickly, "pnpm@^10.0.0", "@yarnpkg/cli-dist@^4.10.0"], parent);
  }, 120_000);

  test.each([
    ["pnpm", "pnpm/bin/pnpm.cjs", { "pnpm-workspace.yaml": "packages: [services/*]\n" }],
    [
      "Yarn, with node_modules",
      "@yarnpkg/cli-dist/bin/yarn.js",
      {
        "yarn.lock": "",
        ".yarnrc.yml": "nodeLinker: node-modules\nenableGlobalCache: false\nenableTelemetry: false\n",
      },
    ],
  ])("is sound in one of %s", minutes(3), async (_name, script, files) => {
    const other = await mkdtemp(join(parent, "other-"));
    const copy = join(other, "services/board");
    await cp(join(repository, "contracts"), join(other, "contracts"), { recursive: true });
    await cp(service, copy, { recursive: true, filter: (path) => !/[/\\](node_modules|dist)$/.test(path) });
    await writeFile(join(copy, "package.json"), manifest);
    const workspaces = '{ "name": "other", "private": true, "workspaces": ["services/*"] }\n';
    await writeFile(join(other, "package.json"), workspaces);
    for (const [path, text] of Object.entries(files)) await writeFile(join(other, path), text);
    // Where CI is set, Yarn makes no lockfile unless told.
    const env = { YARN_NPM_REGISTRY_SERVER: registry, YARN_ENABLE_IMMUTABLE_INSTALLS: "0" };
    const manage = (cwd: string, ...args: string[]) =>
      run(process.execPath, [join(parent, "node_modules", script), ...args], cwd, env);
    await manage(other, "install");
    for (const command of ["check", "generate"])
      expect((await manage(copy, "exec", "wsgen", command)).stdout).toContain("Everything is up to date.");
    await manage(copy, "run", "test");
  });
});

async function replaceIn(file: string, pattern: RegExp, replacement: string): Promise<void> {
  const before = await readFile(file, "utf8");
  expect(before).toMatch(pattern);
  await writeFile(file, before.replace(pattern, replacement));
}

/** Waits for a line of a server's log, among others. */
async function logLine(
  child: ChildProcess,
  isMeant: (line: { msg: string; port?: number }) => boolean,
): Promise<void> {
  if (child.stdout === null) throw new Error("Nothing can be read.");
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) if (line.startsWith("{") && isMeant(JSON.parse(line))) return;
  throw new Error("The server ended.");
}

/** The configuration that the docs name. */
const eslintConfig = /```js\n(.*?)```/s.exec(readFileSync(join(root, "docs/tools.md"), "utf8"))?.[1] ?? "";

const noRules = `import tseslint from "typescript-eslint";

export default [{ files: ["**/*.ts"], languageOptions: { parser: tseslint.parser } }];
`;

const strictest = {
  extends: "./tsconfig.json",
  compilerOptions: {
    noEmit: true,
    noUnusedLocals: true,
    noUnusedParameters: true,
    noPropertyAccessFromIndexSignature: true,
    allowUnreachableCode: false,
    erasableSyntaxOnly: true,
    noUncheckedSideEffectImports: true,
  },
};

/** As the page of a browser: no types of Node, and no library newer than most have. */
const bundler = {
  ...strictest,
  compilerOptions: {
    ...strictest.compilerOptions,
    module: "preserve",
    moduleResolution: "bundler",
    target: "ES2022",
    lib: ["ES2022", "DOM"],
    types: [],
  },
  include: ["client"],
};

/** As React Native and older bundlers: TypeScript 7 has no such resolution. */
const node10 = {
  ...bundler,
  compilerOptions: { ...bundler.compilerOptions, module: "esnext", moduleResolution: "node" },
};

/** What a person writes under exactOptionalPropertyTypes, with values that may be undefined. */
const useOfClient = `import { type AddRequest, createBoardClient, type Task } from "./board.client.gen.js";

export async function add(title: string, note?: string, signal?: AbortSignal, timeoutMs?: number): Promise<Task> {
  const request: AddRequest = { title, note, limit: undefined };
  await using client = createBoardClient("ws://localhost:1/board/ws", { timeoutMs, envelope: undefined });
  await client.taskMove({ id: title, to: undefined });
  return client.add({ ...request, owner: { team: note } }, { signal, timeoutMs });
}
`;

const useOfServer = `import { type ConnectionFilter, setEnvelope, WebsocketError, type WebsocketServe, type WSContext } from "wsgen-runtime";
import { type AddReply, boardEvents } from "./modules/board/board.gen.js";

export function announce(ctx: WSContext, reply: AddReply, due?: string, compress?: boolean): AddReply {
  const task = { ...reply, due, labels: undefined };
  boardEvents(ctx).changed.room("lobby").emit(task, { compress });
  return task;
}

export const refuse = (details?: unknown, status?: number): Error => new WebsocketError("no", "No.", { details, status });
export const end = (server: WebsocketServe, deadlineMs?: number): Promise<void> => server.close({ deadlineMs });
export const filter = (room?: string): ConnectionFilter => ({ room });
export const envelope = (command?: string) => setEnvelope({ command });
`;
