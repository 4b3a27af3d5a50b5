import { DiagnosticCollector } from "./diagnostic-collector.js";
import { decodeText, maxSpecBytes, parseYaml } from "./parse-yaml.js";
import type { SpecSource } from "./read-spec.js";
import { isFileReference, type ReferenceProblem, readFileReference } from "./reference-path.js";
import {
  buildSourceTree,
  getEntries,
  getItems,
  getMember,
  type ScalarNode,
  type SourceNode,
} from "./source-tree.js";

/** A file that a spec refers to: its bytes, or why it cannot be read. */
export type ReferencedFile = Uint8Array | ReferenceProblem;

/** By path, relative to the folder of the spec. */
export type ReferencedFiles = ReadonlyMap<string, ReferencedFile>;

/** Reads one file. Receives its path, relative to the folder of the spec, and how many bytes it may have. */
type ReadReferenced = (path: string, maxBytes: number) => Promise<ReferencedFile>;

/** The name of the spec in its folder. */
export const getOwnName = ({ file }: Pick<SpecSource, "file">): string => /[^/\\:]*$/.exec(file)?.[0] ?? "";

/** The name by which messages call a file that the spec refers to. */
export const nameFile = (source: Pick<SpecSource, "file">, path: string): string =>
  source.file.slice(0, source.file.length - getOwnName(source).length) + path;

/**
 * Adds the files to which a spec refers, and those to which these refer. All together may have as many bytes as a spec. A
 * file that cannot be read is a problem only if a schema needs it, which `readSpec` decides.
 */
export async function collectFiles(source: SpecSource, read: ReadReferenced): Promise<SpecSource> {
  const own = getOwnName(source);
  const files = new Map<string, ReferencedFile>();
  let left = maxSpecBytes - source.bytes.byteLength;
  const open = [{ path: own, bytes: source.bytes }];
  // The list grows while it is walked.
  for (const { path: from, bytes } of open) {
    for (const path of listReferencedPaths(from, bytes)) {
      if (path === own || files.has(path)) continue;
      const file = await read(path, left);
      files.set(path, file);
      if (!(file instanceof Uint8Array)) continue;
      left -= file.byteLength;
      open.push({ path, bytes: file });
    }
  }
  return files.size === 0 ? source : { ...source, files };
}

/** The refusal of a file that is larger than what is left. */
export const reportTooManyBytes = (path: string): ReferenceProblem => ({
  code: "spec-unreadable",
  message: `With ${path}, the spec and the files that it refers to have more than ${maxSpecBytes / 1_048_576} MiB.`,
  fix: "Split the server into several projects.",
});

/** The paths in every `$ref` of a text, also in places that are no schemas. */
function listReferencedPaths(from: string, bytes: Uint8Array): ReadonlySet<string> {
  const paths = new Set<string>();
  if (bytes.byteLength > maxSpecBytes) return paths;
  const findings = decodeText(from, bytes);
  const document = findings.hasErrors ? undefined : parseYaml(findings);
  if (document === undefined) return paths;
  const tree = buildSourceTree(document.contents, new DiagnosticCollector(findings.source));
  for (const { value } of listReferences(tree)) {
    const ref = String(value);
    const found = isFileReference(ref) ? readFileReference(ref, from) : undefined;
    if (found !== undefined && "path" in found) paths.add(found.path);
  }
  return paths;
}

/** The value of every `$ref` that is a string, also in places that are no schemas. */
export function listReferences(tree: SourceNode): readonly ScalarNode[] {
  const found: ScalarNode[] = [];
  const open = [tree];
  // An alias and its anchor are one node.
  const seen = new Set<SourceNode>(open);
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const $ref = getMember(node, "$ref");
    if ($ref?.kind === "scalar" && typeof $ref.value === "string") found.push($ref);
    for (const part of [...getItems(node), ...getEntries(node).map(([, entry]) => entry.node)]) {
      if (seen.has(part)) continue;
      seen.add(part);
      open.push(part);
    }
  }
  return found;
}
