// The public API of wsgen-runtime as a committed text, so that a change of it shows in the diff.
// UPDATE=1 writes it from the built declarations.
import { readFileSync, writeFileSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type ExportedDeclarations, Project, type SourceFile, ts } from "ts-morph";
import { expect, test } from "vitest";
import { compileProject } from "../support/compile-project.js";

const runtime = fileURLToPath(new URL("../../runtime/", import.meta.url));
const committed = fileURLToPath(new URL("../../docs/api.txt", import.meta.url));

test("docs/api.txt has every export of wsgen-runtime with its declaration", () => {
  const text = describePackage();
  if (process.env.UPDATE === "1") writeFileSync(committed, text);
  expect(readFileSync(committed, "utf8")).toBe(text);
});

function describePackage(): string {
  const { name, exports } = JSON.parse(readFileSync(`${runtime}package.json`, "utf8")) as {
    name: string;
    exports: Record<string, string | { types: string }>;
  };
  const project = new Project({
    compilerOptions: { module: ts.ModuleKind.NodeNext, strict: true, skipLibCheck: true },
    skipLoadingLibFiles: true,
  });
  const sections = Object.entries(exports).flatMap(([path, target]) => {
    // Data: docs/options.md and docs/diagnostics.md show it.
    if (typeof target === "string" || ["./options", "./error-codes"].includes(path)) return [];
    const entry = project.addSourceFileAtPath(runtime + target.types);
    project.resolveSourceFileDependencies();
    return [`# ${name}${path.slice(1)}\n\n${describeEntry(entry)}`];
  });
  return `Written by test/packages/public-api.test.ts.\n\n${sections.join("\n")}`;
}

const describeEntry = (entry: SourceFile): string =>
  [...entry.getExportedDeclarations()]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, declarations]) =>
      declarations.map((declaration) => `${describeExport(name, declaration)}\n`).join(""),
    )
    .join("");

/** The declaration without comments, on as few lines as it takes to be read. */
function describeExport(name: string, declaration: ExportedDeclarations): string {
  const text = declaration
    .getText()
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/\n\s*\n/g, "\n")
    .trim();
  return text.replace(/^(export |declare )+/, "").includes(name)
    ? text.replace(/^(export |declare )+/, "")
    : `${name}: ${text}`;
}

const consumer = `import { setHttpRoutes } from "wsgen-runtime";

export const routes = setHttpRoutes((router) =>
  router
    .use(async (ctx, next) => (ctx.get("x") === "" ? ctx.throw(401) : next()))
    .get("/users/:id", (ctx) => {
      ctx.body = { id: ctx.params.id };
    }),
);
`;

test("the declarations of wsgen-runtime compile without the types of koa-router", async () => {
  const folder = await mkdtemp(join(tmpdir(), "wsgen-consumer-"));
  try {
    for (const scope of ["", "@types/"]) {
      const from = join(runtime, "../node_modules", scope);
      await mkdir(join(folder, "node_modules", scope), { recursive: true });
      const names = await readdir(from);
      for (const name of names.filter((each) => each !== "@types" && each !== "koa-router"))
        await symlink(join(from, name), join(folder, "node_modules", scope, name));
    }
    const compilerOptions = {
      ...{ module: "NodeNext", target: "ES2023", strict: true, skipLibCheck: false, types: ["node"] },
      preserveSymlinks: true,
    };
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["routes.ts"] }));
    await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
    await writeFile(join(folder, "routes.ts"), consumer);
    expect(await compileProject(folder)).toBe("");
  } finally {
    await rm(folder, { recursive: true });
  }
}, 120_000);
