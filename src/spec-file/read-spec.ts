import { failed, type Outcome } from "../diagnostics/diagnostic.js";
import { buildSpec } from "./build-spec.js";
import { checkMeaning } from "./check-meaning.js";
import { checkShape } from "./check-shape.js";
import type { ReferencedFiles } from "./collect-files.js";
import { DiagnosticCollector } from "./diagnostic-collector.js";
import { linkFiles } from "./link-files.js";
import { decodeText, parseYaml } from "./parse-yaml.js";
import { buildSourceTree } from "./source-tree.js";
import type { Spec } from "./spec.js";
import { specSchema } from "./spec-schema.js";

/** The bytes of a spec and the name that messages call it by. */
export interface SpecSource {
  readonly file: string;
  readonly bytes: Uint8Array;
  /** The files to which its schemas refer. Default: none. */
  readonly files?: ReferencedFiles;
}

/**
 * Reads and checks a spec and the files that it refers to. Collects all problems, in the order of each text. A spec with errors
 * still has a value, so that the model can report its problems too. A spec that cannot be read or is not YAML has none; of YAML
 * with a syntax error, the part above it is checked.
 */
export function readSpec(source: SpecSource): Outcome<Spec> {
  const { file, bytes } = source;
  const findings = decodeText(file, bytes);
  const document = findings.hasErrors ? undefined : parseYaml(findings);
  if (document === undefined) return failed(findings.sorted());
  const isYaml = !findings.hasErrors;
  const inside = isYaml ? findings : new DiagnosticCollector(findings.source);
  const root = buildSourceTree(document.contents, inside);
  const references = checkShape(root, specSchema, inside);
  checkMeaning(root, inside);
  if (isYaml) {
    const linked = linkFiles(source, { root, findings }, references);
    const diagnostics = [...findings.sorted(), ...linked.diagnostics];
    return { value: buildSpec(root, findings.source, linked), diagnostics };
  }
  // The cause of a syntax error may be the line above it. What the parser read from that line on is a guess, and a key that
  // seems to be missing may be there.
  const [error] = findings.sorted();
  const before = inside.endingBefore((error?.at?.line ?? 1) - 1).filter(({ code }) => code !== "missing-key");
  return failed([...before, ...findings.sorted()]);
}
