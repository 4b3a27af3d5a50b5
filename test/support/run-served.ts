import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import ts from "ts-morph";
import { resolveImport } from "../../src/syntax/resolve-import.js";

/** What a project's main file serves: the flag of every module, with the names of its commands, in order. */
export type Served = readonly { readonly flag: string; readonly commands: readonly string[] }[];

interface Contract {
  getModuleFlag(): string;
  getCommandList(): readonly { getCommand(): string }[];
}

/** Runs the source of a project with a runtime that only notes what it is given. Types are not checked. */
export async function runServed(root: string, main = "src/main.ts"): Promise<Served> {
  const entries = await readdir(join(root, "src"), { recursive: true, encoding: "utf8" });
  const paths = entries
    .filter((path) => path.endsWith(".ts"))
    .map((path) => `src/${path.replaceAll("\\", "/")}`);
  const files = new Map(
    await Promise.all(paths.map(async (path) => [path, await readFile(join(root, path), "utf8")] as const)),
  );
  const given: Contract[] = [];
  const runtime = new Proxy(
    { newWebsocketServe: async (...modules: Contract[]) => void given.push(...modules), closeOnSignals() {} },
    {
      get: (known: Record<string, unknown>, name: string) =>
        known[name] ?? (name === "then" ? undefined : function unknown() {}),
    },
  );
  const loaded = new Map<string, Promise<Record<string, unknown>>>();
  // Every file is a function that waits, so that a main file may wait at its top; a circle of imports would wait for ever.
  const load = (path: string): Promise<Record<string, unknown>> => {
    const known = loaded.get(path) ?? evaluate(path);
    loaded.set(path, known);
    return known;
  };
  const evaluate = async (path: string): Promise<Record<string, unknown>> => {
    const { outputText } = ts.ts.transpileModule(files.get(path) ?? "", {
      fileName: path,
      compilerOptions: {
        module: ts.ts.ModuleKind.CommonJS,
        target: ts.ts.ScriptTarget.ES2022,
        experimentalDecorators: true,
      },
    });
    const code = outputText
      .replace(/\brequire\(/g, "await load(")
      .replaceAll(".then(() =>", ".then(async () =>");
    const exported: Record<string, unknown> = {};
    const loadFrom = (specifier: string): unknown => {
      if (specifier.startsWith("wsgen-runtime")) return runtime;
      const target = resolveImport(files, path, specifier);
      if (target === undefined) throw new Error(`${path} imports ${specifier}, which is not there`);
      return load(target);
    };
    const body = new AsyncFunction("exports", "load", "module", code);
    await body(exported, loadFrom, { exports: exported });
    return exported;
  };
  await load(main);
  return given.map((module) => ({
    flag: module.getModuleFlag(),
    commands: module.getCommandList().map((command) => command.getCommand()),
  }));
}

const AsyncFunction = (async () => {}).constructor as new (
  ...parameters: string[]
) => (...given: unknown[]) => Promise<void>;
