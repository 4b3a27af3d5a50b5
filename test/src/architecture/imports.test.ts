// Who may import whom: the table of docs/architecture.md, held against every import in the sources.
import { readdir, readFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));

interface Import {
  readonly file: string;
  readonly from: string;
  readonly isType: boolean;
}

/** Modules of Node that touch neither the disk nor the network. */
const pureModules = ["node:path", "node:util", "node:crypto", "node:buffer", "node:url", "node:module"];

/** What each folder of `src` may import: folders (`types:x` for types alone), and packages that it alone uses. */
const rules: Record<string, { folders: readonly string[]; packages: readonly string[] }> = {
  "cli.ts": { folders: ["cli", "run"], packages: ["node:path"] },
  cli: {
    folders: ["run", "read-model.ts", "fs", "model", "spec-file", "project-files", "diagnostics"],
    packages: ["yargs", "@clack/prompts", "node:path", "node:util"],
  },
  commands: {
    folders: [
      "run",
      "rename",
      "read-model.ts",
      "programs",
      "fs",
      "project-files",
      "diagnostics",
      "model",
      "spec-file",
      "render",
      "compile-schemas",
      "contract-diff",
      "contract-docs",
    ],
    packages: ["node:path"],
  },
  rename: {
    folders: [
      "run",
      "model",
      "compile-schemas",
      "edit",
      "render",
      "scan",
      "syntax",
      "project-files",
      "diagnostics",
    ],
    packages: ["node:path"],
  },
  run: {
    folders: [
      "generate.ts",
      "read-model.ts",
      "fs",
      "project-files",
      "diagnostics",
      "model",
      "types:plan",
      "spec-file",
      "render",
      "edit",
      "scan",
      "syntax",
    ],
    packages: ["yocto-spinner", "node:path"],
  },
  "read-model.ts": { folders: ["spec-file", "model", "schema", "diagnostics"], packages: [] },
  "generate.ts": {
    folders: [
      "types:scan",
      "spec-file",
      "model",
      "plan",
      "render",
      "edit",
      "syntax",
      "compile-schemas",
      "project-files",
      "diagnostics",
    ],
    packages: [],
  },
  "spec-file": { folders: ["diagnostics"], packages: ["yaml", "wsgen-runtime/options"] },
  model: { folders: ["spec-file", "diagnostics", "types:project-files"], packages: ["node:path"] },
  scan: { folders: ["model", "syntax", "project-files", "diagnostics"], packages: [] },
  programs: {
    folders: ["fs", "spec-file", "diagnostics"],
    packages: ["node:fs", "node:fs/promises", "node:path", "node:os", "node:child_process", "node:util"],
  },
  "contract-diff": {
    folders: ["types:model", "spec-file", "schema", "diagnostics"],
    packages: ["wsgen-runtime/options"],
  },
  "contract-docs": {
    folders: ["render", "compile-schemas", "model", "schema", "spec-file"],
    packages: ["node:crypto"],
  },
  plan: {
    folders: ["model", "types:edit", "types:render", "types:scan", "project-files", "diagnostics"],
    packages: [],
  },
  schema: {
    folders: ["spec-file", "diagnostics"],
    packages: ["@eslint-community/regexpp", "ajv", "node:util", "recheck"],
  },
  "compile-schemas": { folders: ["model", "schema", "spec-file", "diagnostics"], packages: [] },
  render: {
    folders: ["model", "types:plan", "schema", "types:compile-schemas", "spec-file", "diagnostics"],
    packages: ["handlebars", "node:crypto", "node:path"],
  },
  edit: { folders: ["syntax", "types:model", "diagnostics"], packages: [] },
  syntax: { folders: ["diagnostics"], packages: ["ts-morph", "node:module", "node:path"] },
  fs: {
    folders: ["project-files", "types:plan", "diagnostics", "spec-file"],
    packages: [
      "node:fs",
      "node:fs/promises",
      "node:path",
      "node:os",
      "node:url",
      "node:timers/promises",
      "node:util",
      "node:module",
      "node:crypto",
    ],
  },
  "project-files": { folders: [], packages: ["diff", "node:util"] },
  diagnostics: { folders: [], packages: ["node:util", "wsgen-runtime/error-codes"] },
};

describe("the imports of src", () => {
  test("stay within the table", async () => {
    const wrong = (await importsOf("src")).filter((each) => !isAllowed(each));
    expect(wrong.map(({ file, from }) => `${file} imports ${from}`)).toEqual([]);
  });

  test("load ts-morph lazily, and only in syntax/", async () => {
    const eager = (await importsOf("src")).filter(({ from, isType }) => from === "ts-morph" && !isType);
    expect(eager).toEqual([]);
  });

  test("form no circle", async () => {
    expect(findCircles(await importsOf("src"))).toEqual([]);
  });
});

describe("the imports of the runtime", () => {
  test("stay within the runtime", async () => {
    const outside = (await importsOf("runtime/src")).filter(
      ({ file, from }) => from.startsWith(".") && !target(file, from).startsWith("runtime/src/"),
    );
    expect(outside).toEqual([]);
  });

  test("leave the contract without any", async () => {
    const contract = (await importsOf("runtime/src")).filter(
      ({ file }) => file === "runtime/src/contract.ts",
    );
    expect(contract).toEqual([]);
  });

  test.each(["options.ts", "error-codes.ts"])(
    "leave %s without any: it is data, which wsgen reads too",
    async (name) => {
      const imports = (await importsOf("runtime/src")).filter(({ file }) => file === `runtime/src/${name}`);
      expect(imports).toEqual([]);
    },
  );

  test("go down the layers of docs/architecture.md", async () => {
    const layers = await readLayers();
    const layerOf = (path: string): number => layers.findIndex((names) => names.includes(layerName(path)));
    const wrong = (await importsOf("runtime/src"))
      .filter(({ from }) => from.startsWith("."))
      .map(({ file, from }) => ({ file, other: target(file, from) }))
      .filter(({ file, other }) => layerName(file) !== layerName(other))
      .filter(({ file, other }) => layerOf(other) < 0 || layerOf(other) >= layerOf(file));
    expect(wrong.map(({ file, other }) => `${file} imports ${other}`)).toEqual([]);
  });

  test("have a layer for every folder", async () => {
    const names = (await readdir(join(root, "runtime/src"), { withFileTypes: true })).map((entry) =>
      entry.isDirectory() ? `${entry.name}/` : entry.name,
    );
    expect((await readLayers()).flat().sort()).toEqual(names.sort());
  });

  test("keep the client to itself: a browser loads what it imports", async () => {
    const imports = (await importsOf("runtime/src/client"))
      .map(({ file, from }) => (from.startsWith(".") ? target(file, from) : from))
      .filter((other) => !other.startsWith("runtime/src/client/"))
      .filter((other) => !["runtime/src/wire.ts", "runtime/src/conversion.ts"].includes(other));
    expect(imports).toEqual([]);
  });

  test("keep sockets out of the protocol", async () => {
    const sockets = ["ws", "koa", "koa-router", "node:http", "node:https", "node:net", "node:tls"];
    const wrong = (await importsOf("runtime/src")).filter(
      ({ file, from, isType }) =>
        file.startsWith("runtime/src/protocol/") && sockets.includes(from) && !isType,
    );
    expect(wrong).toEqual([]);
  });

  test("form no circle", async () => {
    expect(findCircles(await importsOf("runtime/src"))).toEqual([]);
  });
});

/** The layers of the runtime from the ground, each with its files and folders. */
async function readLayers(): Promise<string[][]> {
  const text = await readFile(join(root, "docs/architecture.md"), "utf8");
  const [, table = ""] = text.split("| layer | what it does |");
  const rows = table.split("\n\n", 1)[0]?.match(/^\| `[^|]+/gm) ?? [];
  return rows.map((row) => [...row.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name));
}

/** `connection/` for what is in that folder, `errors.ts` for that file. */
function layerName(path: string): string {
  const [, , first = "", ...inside] = path.split("/");
  return inside.length > 0 ? `${first}/` : first;
}

function isAllowed({ file, from, isType }: Import): boolean {
  const own = topOf(file);
  const rule = rules[own];
  if (rule === undefined) return false;
  if (pureModules.includes(from)) return true;
  if (!from.startsWith(".")) {
    return rule.packages.some((allowed) => from === allowed || from.startsWith(`${allowed}/`));
  }
  const other = topOf(target(file, from));
  return other === own || rule.folders.includes(other) || (isType && rule.folders.includes(`types:${other}`));
}

/** `src/spec-file/spec.ts` is in `spec`; `src/cli.ts` is on its own. */
const topOf = (file: string): string => file.split("/")[1] ?? "";

const target = (file: string, from: string): string =>
  relative(root, resolve(root, dirname(file), from)).replace(/\.js$/, ".ts");

async function importsOf(folder: string): Promise<Import[]> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith(".ts"));
  const found = await Promise.all(
    files.map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      const file = relative(root, path);
      const text = await readFile(path, "utf8");
      return [...text.matchAll(/^(?:import|export)\s+(type\s)?[^;"]*?from\s+"([^"]+)";/gm)].map((match) => ({
        file,
        from: match[2]!,
        isType: match[1] !== undefined,
      }));
    }),
  );
  return found.flat();
}

/** Files that import themselves by way of others; types alone make no circle. */
function findCircles(imports: readonly Import[]): string[] {
  const edges = groupBy(
    imports.filter(({ from, isType }) => from.startsWith(".") && !isType),
    ({ file }) => file,
  );
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(" → "));
    if (done.has(file) || path.includes(file)) return;
    for (const { from } of edges.get(file) ?? []) visit(target(file, from), [...path, file]);
    done.add(file);
  };
  for (const file of edges.keys()) visit(file, []);
  return circles;
}

// Map.groupBy came with Node 21.
function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}
