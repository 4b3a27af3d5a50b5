import { posix } from "node:path";
import type { ts } from "ts-morph";
import { type Compiler, libraryFolder, loadCompiler, readLibrary } from "./compiler.js";
import { resolveImport, resolveServed } from "./resolve-import.js";
import { runtimeTexts } from "./runtime-names.js";

/** The files of a project as text, by their path in it. */
export type ProjectTexts = ReadonlyMap<string, string>;

/** TypeScript's own knowledge of who refers to whom, over texts in memory: it reads nothing from the disk. */
export interface ProjectService {
  readonly compiler: Compiler;
  readonly service: ts.LanguageService;
  /** The parsed file of a path. */
  fileOf(path: string): ts.SourceFile | undefined;
  /** The same project with other texts; what has not changed is not parsed again. */
  withTexts(texts: ProjectTexts): ProjectService;
}

/** Where the project stands in the compiler's eyes. */
const home = "/project/";

export const isCode = (path: string): boolean => /\.[cm]?[jt]sx?$/.test(path);

export const toServicePath = (path: string): string => home + path;
export const fromServicePath = (path: string): string => path.slice(home.length);

/** Other packages, the DOM and Node are not there: what comes from them is of a type that is not known. */
const settings = ({ ScriptTarget, ModuleKind }: Compiler): ts.CompilerOptions => ({
  lib: ["lib.es2023.d.ts", "lib.esnext.disposable.d.ts"],
  types: [],
  allowJs: true,
  strict: true,
  target: ScriptTarget.Latest,
  module: ModuleKind.ESNext,
  experimentalDecorators: true,
});

const runtimePath = (specifier: string): string => `/runtime/${specifier}.d.ts`;
const runtimeFiles: ProjectTexts = new Map(
  [...runtimeTexts].map(([specifier, text]) => [runtimePath(specifier), text]),
);

export function openProject(texts: ProjectTexts): ProjectService {
  const compiler = loadCompiler();
  return serve(compiler, texts, compiler.createDocumentRegistry());
}

function serve(compiler: Compiler, texts: ProjectTexts, known: ts.DocumentRegistry): ProjectService {
  const textOf = (path: string): string | undefined =>
    runtimeFiles.get(path) ?? (path.startsWith(home) ? texts.get(fromServicePath(path)) : readLibrary(path));
  const service = compiler.createLanguageService(
    {
      // The texts of a service stay as they are: without this, it compares them all at every question.
      getProjectVersion: () => "1",
      getScriptFileNames: () => [...texts.keys()].filter(isCode).map(toServicePath),
      // A file is another when its text is.
      getScriptVersion: (path) => textOf(path) ?? "",
      getScriptSnapshot: (path) => {
        const text = textOf(path);
        return text === undefined ? undefined : compiler.ScriptSnapshot.fromString(text);
      },
      getCurrentDirectory: () => home,
      getCompilationSettings: () => settings(compiler),
      getDefaultLibFileName: () => `${libraryFolder}/lib.d.ts`,
      fileExists: (path) => textOf(path) !== undefined,
      readFile: textOf,
      resolveModuleNameLiterals: (literals, from) =>
        literals.map(({ text }) => ({ resolvedModule: resolve(texts, fromServicePath(from), text) })),
    },
    known,
  );
  return {
    compiler,
    service,
    fileOf: (path) => service.getProgram()?.getSourceFile(toServicePath(path)),
    withTexts: (others) => serve(compiler, others, known),
  };
}

function resolve(texts: ProjectTexts, from: string, specifier: string): ts.ResolvedModuleFull | undefined {
  if (runtimeTexts.has(specifier)) return { resolvedFileName: runtimePath(specifier), extension: ".d.ts" };
  const found = resolveImport(texts, from, specifier) ?? resolveServed(texts, specifier);
  return found === undefined
    ? undefined
    : { resolvedFileName: toServicePath(found), extension: posix.extname(found) };
}
