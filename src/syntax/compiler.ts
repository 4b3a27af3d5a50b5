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
export const loadTsMorph = (): typeof import("ts-morph") => requireModule("ts-morph");

/** The compiler alone: it parses a file without making a project, a program or a language service. */
export const loadCompiler = (): Compiler => loadTsMorph().ts;

/** Where the types of the language itself seem to be: ts-morph has them in memory. */
export const libraryFolder = "/node_modules/typescript/lib";

let library: ts.ModuleResolutionHost | undefined;

/** A file of the language's own types, `lib.es2023.d.ts` for instance. */
export function readLibrary(path: string): string | undefined {
  library ??= new (loadTsMorph().Project)({ useInMemoryFileSystem: true }).getModuleResolutionHost();
  return path.startsWith(`${libraryFolder}/`) ? library.readFile(path) : undefined;
}
