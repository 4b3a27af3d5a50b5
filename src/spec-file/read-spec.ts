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
 * Reads and checks a spec. Collects all problems, in the order of the text. A spec with errors still has a value, so that
 * the model can report its problems too. A spec that cannot be read or is not YAML has none; of YAML with a syntax error, the
 * part above it is checked.
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
  // The cause of a syntax error may be the line above it. What the parser read from that line on is a guess, and a key that
  // seems to be missing may be there.
  const [error] = findings.sorted();
  const before = inside.endingBefore((error?.at?.line ?? 1) - 1).filter(({ code }) => code !== "missing-key");
  return failed([...before, ...findings.sorted()]);
}
