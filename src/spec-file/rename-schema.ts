import { isDeepStrictEqual } from "node:util";
import type { Outcome } from "../diagnostics/diagnostic.js";
import type { SourceText } from "../diagnostics/source-text.js";
import { checkShape } from "./check-shape.js";
import { listReferences } from "./collect-files.js";
import { DiagnosticCollector } from "./diagnostic-collector.js";
import { EditableSpec } from "./editable-spec.js";
import { isFileReference, printFragment, readFileReference, readPointer } from "./reference-path.js";
import type { NewNames, ScalarNode, SourceNode } from "./source-tree.js";
import { specSchema } from "./spec-schema.js";

/** The new name of a shared schema of the spec. */
interface SchemaRenaming {
  readonly name: string;
  readonly to: string;
}

/** Where references are: the path of their text and that of the spec, relative to the folder of the spec. */
interface Job extends SchemaRenaming {
  readonly path: string;
  readonly own: string;
}

/**
 * Renames the references to a shared schema of the spec in the text of another file: `../wsgen.yaml#/schemas/User`. Everything
 * else keeps its bytes.
 */
export function renameReferences(
  text: string,
  { file, ...paths }: { readonly file: string; readonly path: string; readonly own: string },
  renaming: SchemaRenaming,
): Outcome<string> {
  const { value: edited } = EditableSpec.open(file, text);
  // A problem of the file is reported if a schema needs it.
  if (edited === undefined) return { value: text, diagnostics: [] };
  return edited.replace(findNewReferences(listReferences(edited.tree), { ...paths, ...renaming }));
}

/** Finds the references to a shared schema in its spec, where only those in schemas count. */
export function findOwnReferences(spec: SourceNode, source: SourceText, renaming: SchemaRenaming): NewNames {
  const references = checkShape(spec, specSchema, new DiagnosticCollector(source));
  return findNewReferences(references, { ...renaming, path: source.file, own: source.file });
}

function findNewReferences(references: Iterable<ScalarNode>, job: Job): NewNames {
  const links = [...references].flatMap((node): [ScalarNode, string][] => {
    const link = typeof node.value === "string" ? renameReference(node.value, job) : undefined;
    return link === undefined ? [] : [[node, link]];
  });
  return new Map(links);
}

/** The new value of a `$ref`; undefined if it leads elsewhere. */
function renameReference(ref: string, { path, own, name, to }: Job): string | undefined {
  const target = isFileReference(ref)
    ? readFileReference(ref, path)
    : { path, tokens: readPointer(ref.slice(1)) ?? [] };
  if (!("path" in target) || target.path !== own) return undefined;
  if (!isDeepStrictEqual(target.tokens, ["schemas", name])) return undefined;
  return ref.slice(0, ref.indexOf("#")) + printFragment(["schemas", to]);
}
