import type { Outcome } from "../diagnostics/diagnostic.js";
import { buildSpec } from "./build-spec.js";
import { checkMeaning } from "./check-meaning.js";
import { checkShape } from "./check-shape.js";
import { decodeText } from "./decode-text.js";
import { parseYaml } from "./parse-yaml.js";
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
 * value, as far as the text can be understood, so that the model can report its problems too; only a spec that
 * is unreadable or not YAML has none.
 */
export function readSpec({ file, bytes }: SpecSource): Outcome<Spec> {
  const findings = decodeText(file, bytes);
  if (findings.isEmpty) {
    const document = parseYaml(findings);
    const isYaml = findings.isEmpty;
    const root = document && buildSourceTree(document.contents, findings);
    if (root && isYaml) {
      checkShape(root, specSchema, findings);
      checkMeaning(root, findings);
      return { value: buildSpec(root, findings.source), diagnostics: findings.sorted() };
    }
  }
  return { value: undefined, diagnostics: findings.sorted() };
}
