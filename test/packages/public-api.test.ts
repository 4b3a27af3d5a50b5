// The public API of wsgen-runtime as a committed text, so that a change of it shows in the diff.
// UPDATE=1 writes it from the built declarations.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type ExportedDeclarations, Project, type SourceFile, ts } from "ts-morph";
import { expect, test } from "vitest";

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
    // The options are data: docs/options.md shows them.
    if (typeof target === "string" || path === "./options") return [];
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
