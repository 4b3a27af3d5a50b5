import { createRequire } from "node:module";
import type { ts } from "ts-morph";

export type { ts };

/** The TypeScript compiler that ts-morph exports. */
export type Compiler = typeof ts;

const requireModule = createRequire(import.meta.url);

/**
 * Loads ts-morph on first use, and only here. `require` and not `import()`: importing a CommonJS file makes Node
 * read it a second time to find the names that it exports (0.47 s instead of 0.28 s).
 */
export const loadTsMorph = (): typeof import("ts-morph") => requireModule("ts-morph");

/** Loads the compiler alone. It parses a file without a project, a program or a language service. */
export const loadCompiler = (): Compiler => loadTsMorph().ts;
