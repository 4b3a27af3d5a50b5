import { posix } from "node:path";
import type { ts } from "ts-morph";
import { type Compiler, loadCompiler } from "./compiler.js";
import { resolveImport } from "./resolve-import.js";

/** The files of a project as text, by their path in it. */
export type ProjectTexts = ReadonlyMap<string, string>;

/** TypeScript's own knowledge of who refers to whom, over texts in memory: it reads nothing from the disk. */
export interface ProjectService {
  readonly compiler: Compiler;
  readonly service: ts.LanguageService;
  /** The parsed file of a path. */
  fileOf(path: string): ts.SourceFile | undefined;
}

/** Where the project stands in the compiler's eyes. */
const home = "/project/";

export const isCode = (path: string): boolean => /\.[cm]?[jt]sx?$/.test(path);

export const toServicePath = (path: string): string => home + path;
export const fromServicePath = (path: string): string => path.slice(home.length);

/**
 * Instead of the language's own library (a third of a second to read): names are found by scope and import, and
 * only `await import(…)` goes through a type of the library.
 */
const library = "/library.d.ts";
const libraryText = `
interface Array<T> { readonly length: number; [index: number]: T }
interface Boolean {} interface CallableFunction {} interface Function {} interface IArguments {}
interface NewableFunction {} interface Number {} interface Object {} interface RegExp {} interface String {}
interface PromiseLike<T> { then<R>(onFulfilled: (value: T) => R): PromiseLike<R> }
interface Promise<T> { then<R>(onFulfilled: (value: T) => R): Promise<R> }
interface PromiseConstructor { new <T>(): Promise<T> }
declare var Promise: PromiseConstructor;
`;

/**
 * What the runtime has to tell about names: its typed events are the members of the interface that they are made from.
 * Everything else of it, and of all other packages, is of any type.
 */
const runtime = "/wsgen-runtime.d.ts";
const runtimeText = `
export declare function bindEvents<Events>(names: any): (source: any) => { [Name in keyof Events]: any };
`;

const ownTexts: ReadonlyMap<string, string> = new Map([
  [library, libraryText],
  [runtime, runtimeText],
]);

export function openProject(texts: ProjectTexts): ProjectService {
  const compiler = loadCompiler();
  const textOf = (path: string): string | undefined =>
    ownTexts.get(path) ?? (path.startsWith(home) ? texts.get(fromServicePath(path)) : undefined);
  const service = compiler.createLanguageService({
    getScriptFileNames: () => [library, runtime, ...[...texts.keys()].filter(isCode).map(toServicePath)],
    getScriptVersion: () => "1",
    getScriptSnapshot: (path) => {
      const text = textOf(path);
      return text === undefined ? undefined : compiler.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => home,
    getCompilationSettings: () => ({
      noLib: true,
      allowJs: true,
      target: compiler.ScriptTarget.Latest,
      module: compiler.ModuleKind.ESNext,
      experimentalDecorators: true,
    }),
    getDefaultLibFileName: () => library,
    fileExists: (path) => textOf(path) !== undefined,
    readFile: textOf,
    resolveModuleNameLiterals: (literals, from) =>
      literals.map(({ text }) => {
        if (text === "wsgen-runtime")
          return { resolvedModule: { resolvedFileName: runtime, extension: ".d.ts" } };
        const found = resolveImport(texts, fromServicePath(from), text);
        if (found === undefined) return { resolvedModule: undefined };
        return {
          resolvedModule: { resolvedFileName: toServicePath(found), extension: posix.extname(found) },
        };
      }),
  });
  return { compiler, service, fileOf: (path) => service.getProgram()?.getSourceFile(toServicePath(path)) };
}
