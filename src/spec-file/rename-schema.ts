import { isDeepStrictEqual } from "node:util";
import { failed, type Outcome, problem } from "../diagnostics/diagnostic.js";
import { SourceText } from "../diagnostics/source-text.js";
import { checkShape } from "./check-shape.js";
import { listReferences } from "./collect-files.js";
import { DiagnosticCollector } from "./diagnostic-collector.js";
import { renameEntry } from "./edit-spec.js";
import { parseYaml } from "./parse-yaml.js";
import { isFileReference, printFragment, readFileReference, readPointer } from "./reference-path.js";
import { buildSourceTree, type ScalarNode, type SourceNode, toJson } from "./source-tree.js";
import { specSchema } from "./spec-schema.js";

/** The new name of a shared schema of the spec. */
interface SchemaRenaming {
  readonly name: string;
  readonly to: string;
}

/**
 * Renames a shared schema in the text of its spec, with every reference to it. Everything else keeps its bytes. Errors as for
 * `renameEntry`.
 * @param spec its name for messages, and its name in its folder
 */
export function renameSchema(
  text: string,
  spec: { readonly file: string; readonly own: string },
  renaming: SchemaRenaming,
): Outcome<string> {
  const renamed = renameEntry(text, { file: spec.file, kind: "schema", ...renaming });
  if (renamed.value === undefined || renaming.name === renaming.to) return renamed;
  return replaceReferences(renamed.value, { ...spec, ...renaming, path: spec.own });
}

/** Renames the references to a shared schema of the spec in another file: `../wsgen.yaml#/schemas/User`. */
export const renameReferences = (
  text: string,
  file: { readonly file: string; readonly path: string; readonly own: string },
  renaming: SchemaRenaming,
): Outcome<string> => replaceReferences(text, { ...file, ...renaming });

interface Job extends SchemaRenaming {
  readonly file: string;
  /** The path of the text, relative to the folder of the spec. */
  readonly path: string;
  /** The same of the spec. */
  readonly own: string;
}

function replaceReferences(text: string, job: Job): Outcome<string> {
  const bom = text.startsWith("\ufeff") ? "\ufeff" : "";
  const body = text.slice(bom.length);
  const tree = parseTree(body, job.file);
  const unchanged = { value: text, diagnostics: [] };
  if (tree === undefined) return unchanged;
  const links = new Map<SourceNode, string>();
  for (const node of listNodes(tree, job, body)) {
    const link = typeof node.value === "string" ? renameReference(node.value, job) : undefined;
    if (link !== undefined) links.set(node, link);
  }
  if (links.size === 0) return unchanged;
  const last = [...links].sort(([one], [other]) => other.span.start - one.span.start);
  const after = last.reduce(
    (whole, [{ span }, link]) =>
      whole.slice(0, span.start) + writeLike(whole.slice(span.start, span.end), link) + whole.slice(span.end),
    body,
  );
  const written = parseTree(after, job.file);
  if (written !== undefined && isDeepStrictEqual(toJson(written), toJson(tree, links)))
    return { value: bom + after, diagnostics: [] };
  const message = `${job.file} was not changed: a reference to '${job.name}' is written in a form that cannot be edited.`;
  return failed([
    problem("unexpected-shape", { message, fix: "Write each `$ref` as a string on one line." }),
  ]);
}

function parseTree(text: string, file: string): SourceNode | undefined {
  const findings = new DiagnosticCollector(new SourceText(file, text));
  const contents = parseYaml(findings)?.contents ?? null;
  return findings.hasErrors ? undefined : buildSourceTree(contents, findings);
}

/** The values of `$ref`: in the spec, only those of schemas. */
const listNodes = (tree: SourceNode, { file, path, own }: Job, text: string): Iterable<ScalarNode> =>
  path === own
    ? checkShape(tree, specSchema, new DiagnosticCollector(new SourceText(file, text)))
    : listReferences(tree);

/** The new value of a `$ref`; undefined if it leads elsewhere. */
function renameReference(ref: string, { path, own, name, to }: Job): string | undefined {
  const target = isFileReference(ref)
    ? readFileReference(ref, path)
    : { path, tokens: readPointer(ref.slice(1)) ?? [] };
  if (!("path" in target) || target.path !== own) return undefined;
  if (!isDeepStrictEqual(target.tokens, ["schemas", name])) return undefined;
  return ref.slice(0, ref.indexOf("#")) + printFragment(["schemas", to]);
}

/** A string in the form in which another one is written. */
function writeLike(written: string, value: string): string {
  if (written.startsWith("'")) return `'${value.replaceAll("'", "''")}'`;
  const isPlain = /^[\w./]/.test(written) && /^[\w.][\w./-]*#[\w./~%-]*$/.test(value);
  return isPlain ? value : JSON.stringify(value);
}
