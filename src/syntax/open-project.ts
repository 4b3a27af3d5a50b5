import { posix } from "node:path";
import type { Project, SourceFile, ts } from "ts-morph";
import { loadTsMorph } from "./compiler.js";
import { resolveImport, resolveServed } from "./resolve-import.js";
import { runtimeTexts } from "./runtime-names.js";

/** The files of a project as text, by their path in it. */
export type ProjectTexts = ReadonlyMap<string, string>;

/** The folder of the project in ts-morph's file system in memory. */
const home = "/project/";

export const isCode = (path: string): boolean => /\.[cm]?[jt]sx?$/.test(path);

/** The path of a file in the user's project. */
export const pathOf = (file: SourceFile): string => file.getFilePath().slice(home.length);

/** A file by its path in the user's project. */
export const fileAt = (project: Project, path: string): SourceFile | undefined =>
  project.getSourceFile(home + path);

/** The type checker of the language service. ts-morph's own checker would build a second program. */
export function checkerOf(project: Project): ts.TypeChecker {
  const program = project.getLanguageService().compilerObject.getProgram();
  if (program === undefined) throw new Error("a project without a program");
  return program.getTypeChecker();
}

/**
 * Opens the code of a project with ts-morph, in memory: nothing is read from the disk. Other packages, the DOM and Node are
 * not there, so what comes from them has an unknown type. ts-morph drops a byte-order mark: offsets do not count it.
 */
export function openProject(texts: ProjectTexts): Project {
  const { ModuleKind, Project, ScriptTarget } = loadTsMorph();
  const project = new Project({
    useInMemoryFileSystem: true,
    compilerOptions: {
      lib: ["lib.es2023.d.ts", "lib.esnext.disposable.d.ts"],
      types: [],
      allowJs: true,
      strict: true,
      target: ScriptTarget.Latest,
      module: ModuleKind.ESNext,
      experimentalDecorators: true,
    },
    resolutionHost: () => ({
      resolveModuleNames: (names, importer) =>
        names.map((name) => resolve(texts, importer.slice(home.length), name)),
    }),
  });
  for (const [specifier, text] of runtimeTexts) project.createSourceFile(runtimePath(specifier), text);
  for (const [path, text] of texts) if (isCode(path)) project.createSourceFile(home + path, text);
  return project;
}

const runtimePath = (specifier: string): string => `/runtime/${specifier}.d.ts`;

function resolve(texts: ProjectTexts, from: string, specifier: string): ts.ResolvedModuleFull | undefined {
  if (runtimeTexts.has(specifier)) return { resolvedFileName: runtimePath(specifier), extension: ".d.ts" };
  const found = resolveImport(texts, from, specifier) ?? resolveServed(texts, specifier);
  return found === undefined
    ? undefined
    : { resolvedFileName: home + found, extension: posix.extname(found) };
}
