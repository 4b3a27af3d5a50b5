import { createRequire } from "node:module";
import type { ts } from "ts-morph";

export type { ts };

type TsMorph = typeof import("ts-morph");

/** The TypeScript compiler that ts-morph exports. Defined once a file is parsed or a project is opened. */
export let compiler: TsMorph["ts"];

/** The checks of ts-morph's nodes. Defined once a project is opened. */
export let Node: TsMorph["Node"];
export type Node = import("ts-morph").Node;

/** Whether a node has a modifier: `export`, `static`. */
export const hasModifier = (
  node: ts.Node,
  keyword: "ExportKeyword" | "DefaultKeyword" | "StaticKeyword" | "AbstractKeyword",
): boolean =>
  compiler.canHaveModifiers(node) &&
  node.modifiers?.some(({ kind }) => kind === compiler.SyntaxKind[keyword]) === true;

const requireModule = createRequire(import.meta.url);

/**
 * Loads ts-morph on first use, and only here. `require` and not `import()`: importing a CommonJS file makes Node
 * read it a second time to find the names that it exports (0.47 s instead of 0.28 s).
 */
export function loadTsMorph(): TsMorph {
  const loaded: TsMorph = requireModule("ts-morph");
  compiler = loaded.ts;
  Node = loaded.Node;
  return loaded;
}
