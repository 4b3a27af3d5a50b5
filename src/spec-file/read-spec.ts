import { failed, type Outcome } from "../diagnostics/diagnostic.js";
import { buildSpec } from "./build-spec.js";
import { checkMeaning } from "./check-meaning.js";
import { checkShape } from "./check-shape.js";
import { DiagnosticCollector } from "./diagnostic-collector.js";
import { decodeText, parseYaml } from "./parse-yaml.js";
import { buildSourceTree } from "./source-tree.js";
import type { Spec } from "./spec.js";
import { specSchema } from "./spec-schema.js";

/** The bytes of a spec and the name that messages call it by. */
export interface SpecSource {
  readonly file: string;
  readonly bytes: Uint8Array;
}

/**
 * Reads and checks a spec. All problems are collected, in the order of the text. With errors there is still a
 * value, as far as the text is valid, so that the model can report its problems too; only a spec that
 * is unreadable or not YAML has none. Then the part above the first syntax error is checked.
 */
export function readSpec({ file, bytes }: SpecSource): Outcome<Spec> {
  const findings = decodeText(file, bytes);
  const document = findings.hasErrors ? undefined : parseYaml(findings);
  if (document === undefined) return failed(findings.sorted());
  const isYaml = !findings.hasErrors;
  const inside = isYaml ? findings : new DiagnosticCollector(findings.source);
  const root = buildSourceTree(document.contents, inside);
  checkShape(root, specSchema, inside);
  checkMeaning(root, inside);
  if (isYaml) return { value: buildSpec(root, findings.source), diagnostics: findings.sorted() };
  // The parser guesses from the line above a syntax error on, which may be its cause. A missing key may be there.
  const [error] = findings.sorted();
  const before = inside.endingBefore((error?.at?.line ?? 1) - 1).filter(({ code }) => code !== "missing-key");
  return failed([...before, ...findings.sorted()]);
}
