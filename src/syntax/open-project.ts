import { posix } from "node:path";
import type { Project, SourceFile } from "ts-morph";
import { loadTsMorph, type ts } from "./compiler.js";
import { resolveImport, resolveServed } from "./resolve-import.js";
import { runtimeTypes } from "./runtime-types.js";

/** The files of a project as text, by their path in it. */
export type ProjectTexts = ReadonlyMap<string, string>;

/** The folder of the project in ts-morph's file system in memory. */
const home = "/project/";

/** The path in memory. A client may be outside the project: each `../` of its path becomes a folder. */
const toHome = (path: string): string =>
  home + path.replace(/^(?:\.\.\/)+/, (steps) => steps.replaceAll("../", outside));
const fromHome = (path: string): string => path.slice(home.length).replaceAll(outside, "../");
const outside = "%outside%/";

export const isCode = (path: string): boolean => /\.[cm]?[jt]sx?$/.test(path);

/** The path of a file in the user's project. */
export const getPath = (file: SourceFile): string => fromHome(file.getFilePath());

/** A file by its path in the user's project. */
export const findFile = (project: Project, path: string): SourceFile | undefined =>
  project.getSourceFile(toHome(path));

/** Returns the type checker of the language service. ts-morph's own checker would build a second program. */
export function getChecker(project: Project): ts.TypeChecker {
  const program = project.getLanguageService().compilerObject.getProgram();
  if (program === undefined) throw new Error("a project without a program");
  return program.getTypeChecker();
}

/**
 * Opens the code of a project with ts-morph, in memory: nothing is read from the disk. Other packages, the DOM and Node are
 * not loaded, so values from them have an unknown type. ts-morph drops a byte-order mark: offsets do not count it.
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
      resolveModuleNames: (names, importer) => names.map((name) => resolve(texts, fromHome(importer), name)),
    }),
  });
  for (const [specifier, text] of runtimeTypes) project.createSourceFile(runtimePath(specifier), text);
  for (const [path, text] of texts)
    if (isCode(path) && !isClientCore(path)) project.createSourceFile(toHome(path), text);
  return project;
}

/** The core of the client beside the generated clients, by its path or in an import. Its names never change. */
const isClientCore = (path: string): boolean => /(?:^|\/)wsgen-client\.gen(?:\.[jt]s)?$/.test(path);

const runtimePath = (specifier: string): string => `/runtime/${specifier}.d.ts`;

function resolve(texts: ProjectTexts, from: string, specifier: string): ts.ResolvedModuleFull | undefined {
  const known = isClientCore(specifier) ? "wsgen-runtime/client" : specifier;
  if (runtimeTypes.has(known)) return { resolvedFileName: runtimePath(known), extension: ".d.ts" };
  const found = resolveImport(texts, from, specifier) ?? resolveServed(texts, specifier);
  return found === undefined
    ? undefined
    : { resolvedFileName: toHome(found), extension: posix.extname(found) };
}
