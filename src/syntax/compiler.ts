import { createRequire } from "node:module";
import type { ts } from "ts-morph";

export type { ts };

/** The TypeScript compiler that ts-morph carries. */
export type Compiler = typeof ts;

const requireModule = createRequire(import.meta.url);

/**
 * Loads ts-morph on first use, and only here. `require` and not `import()`: importing a CommonJS file makes Node
 * read its 9 MB a second time to find the names that it exports, and that doubles the time (0.43 s against 0.24 s).
 */
const loadTsMorph = (): typeof import("ts-morph") => requireModule("ts-morph");

let compiler: Compiler | undefined;

/** The compiler alone: it parses a file without making a project, a program or a language service. */
export function loadCompiler(): Compiler {
  compiler ??= loadCompilerFile() ?? loadTsMorph().ts;
  return compiler;
}

/**
 * The file in ts-morph that is the compiler, without what ts-morph has around it: 0.27 s instead of 0.35 s. Undefined
 * for a ts-morph that keeps it elsewhere; then ts-morph is asked for it.
 */
function loadCompilerFile(): Compiler | undefined {
  try {
    const requireInTsMorph = createRequire(requireModule.resolve("ts-morph"));
    return requireInTsMorph("@ts-morph/common/dist/typescript.js");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code?.endsWith("_NOT_FOUND")) return undefined;
    throw error;
  }
}

/** Where the types of the language itself seem to be: ts-morph has them in memory. */
export const libraryFolder = "/node_modules/typescript/lib";

let library: ts.ModuleResolutionHost | undefined;

/** A file of the language's own types, `lib.es2023.d.ts` for instance. */
export function readLibrary(path: string): string | undefined {
  library ??= new (loadTsMorph().Project)({ useInMemoryFileSystem: true }).getModuleResolutionHost();
  return path.startsWith(`${libraryFolder}/`) ? library.readFile(path) : undefined;
}
