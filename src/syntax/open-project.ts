import { posix } from "node:path";
import type { Project, SourceFile } from "ts-morph";
import { loadTsMorph, type ts } from "./compiler.js";
import { resolveImport, resolveServed } from "./resolve-import.js";

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
  for (const [specifier, text] of runtimeTexts) project.createSourceFile(runtimePath(specifier), text);
  for (const [path, text] of texts)
    if (isCode(path) && !isClientCore(path)) project.createSourceFile(toHome(path), text);
  return project;
}

/** The core of the client beside the generated clients, by its path or in an import. Its names never change. */
const isClientCore = (path: string): boolean => /(?:^|\/)wsgen-client\.gen(?:\.[jt]s)?$/.test(path);

const runtimePath = (specifier: string): string => `/runtime/${specifier}.d.ts`;

function resolve(texts: ProjectTexts, from: string, specifier: string): ts.ResolvedModuleFull | undefined {
  const known = isClientCore(specifier) ? "wsgen-runtime/client" : specifier;
  if (runtimeTexts.has(known)) return { resolvedFileName: runtimePath(known), extension: ".d.ts" };
  const found = resolveImport(texts, from, specifier) ?? resolveServed(texts, specifier);
  return found === undefined
    ? undefined
    : { resolvedFileName: toHome(found), extension: posix.extname(found) };
}

/**
 * The part of the runtime's types that concerns the names of commands and events, by the package's entry points. Everything
 * else is left out, or has the type `unknown`.
 */
const runtimeTexts: ReadonlyMap<string, string> = new Map([
  [
    "wsgen-runtime",
    `
export type TypedEvents<Events, Replayed extends keyof Events = never> = {
  readonly [Name in keyof Events]: unknown;
};
export declare function bindErrors<Details extends object>(rules: unknown): {
  readonly [Name in keyof Details]: (...args: unknown[]) => Error;
};
export declare function bindEvents<Events extends object, Replayed extends keyof Events = never>(
  flag: string,
  names: unknown,
): (source: unknown) => TypedEvents<Events, Replayed>;
`,
  ],
  [
    "wsgen-runtime/client",
    `
export interface ClientContract { readonly commands: object; readonly events: object }
export type CommandName<C extends ClientContract> = keyof C["commands"] & string;
export type EventName<C extends ClientContract> = keyof C["events"] & string;
export type RequestOf<C extends ClientContract, Name extends CommandName<C>> = unknown;
export type ReplyOf<C extends ClientContract, Name extends CommandName<C>> = unknown;
export type EventOf<C extends ClientContract, Name extends EventName<C>> = C["events"][Name];
export interface ReplyErrorOf<Code extends string, Details = undefined> extends Error {
  readonly code: Code;
  readonly details: Details;
}
export type RuntimeError = ReplyErrorOf<
  | "invalid_message" | "unknown_command" | "invalid_request" | "failed" | "timeout" | "rate_limited" | "too_busy"
  | "not_implemented" | "access_denied" | "handshake_failed" | "origin_not_allowed",
  unknown
>;
export declare function hasErrorCode(error: unknown, codes: readonly string[]): boolean;
export interface Client<C extends ClientContract> {
  request(command: CommandName<C>, ...rest: unknown[]): Promise<unknown>;
  on<Name extends EventName<C>>(event: Name, listener: (data: EventOf<C, Name>) => void): () => void;
  once<Name extends EventName<C>>(event: Name, limits?: unknown): Promise<EventOf<C, Name>>;
  events<Name extends EventName<C>>(event: Name, options?: unknown): AsyncIterable<EventOf<C, Name>>;
}
export declare function createClient<C extends ClientContract>(url: unknown, options?: unknown): Client<C>;
export declare function bindCommands<C extends ClientContract, Names>(client: Client<C>, names: Names):
  Client<C> & { readonly [Method in keyof Names]: (...rest: unknown[]) => Promise<unknown> };
`,
  ],
]);
