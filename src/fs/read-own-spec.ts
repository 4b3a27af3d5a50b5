import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Outcome } from "../diagnostics/diagnostic.js";
import { SourceText } from "../diagnostics/source-text.js";

/**
 * The spec that a project's package.json names with `"wsgen": { "spec": … }`, relative to the project's root; undefined where
 * there is no such key, or no package.json that can be read. Code: `wrong-type`.
 */
export async function readOwnSpec(root: string): Promise<Outcome<string>> {
  const text = await readFile(join(root, "package.json"), "utf8").catch(() => "");
  const wsgen = parse(text)?.wsgen;
  const isObject = typeof wsgen === "object" && wsgen !== null;
  const spec = isObject && "spec" in wsgen ? wsgen.spec : undefined;
  if (wsgen === undefined || (isObject && spec === undefined)) return { value: undefined, diagnostics: [] };
  if (typeof spec === "string" && spec !== "") return { value: spec, diagnostics: [] };
  const source = new SourceText("package.json", text);
  const key = text.indexOf('"wsgen"');
  const start = isObject ? Math.max(key, text.indexOf('"spec"', key)) : key;
  const at = source.locate({ start, end: start + (isObject ? '"spec"' : '"wsgen"').length });
  return {
    value: undefined,
    diagnostics: [
      {
        code: "wrong-type",
        severity: "error",
        message: `package.json names no spec with ${isObject ? `"wsgen": { "spec": … }` : '"wsgen"'}: found ${JSON.stringify(isObject ? spec : wsgen).slice(0, 80)}, expected the path of a file.`,
        fix: 'Write "wsgen": { "spec": "wsgen.yaml" }, with the path of your spec, or take the key out.',
        at,
        excerpt: source.line(at.line),
      },
    ],
  };
}

function parse(text: string): { readonly wsgen?: unknown } | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
