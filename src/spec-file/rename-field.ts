import { type Diagnostic, failed, type Outcome, problem } from "../diagnostics/diagnostic.js";
import { EditableSpec } from "./editable-spec.js";
import { findFieldNames } from "./field-names.js";
import { type Field, findFields, listNamed, reportUnknown } from "./find-fields.js";
import type { SpecSource } from "./read-spec.js";
import { listGroups } from "./schema-groups.js";
import { isPropertyName } from "./short-schema.js";
import { getEntries, getMember, type SourceNode } from "./source-tree.js";
import { isWhole, matchesPattern, type SchemaPart, type SchemaRoot, SpecSchemas } from "./spec-schemas.js";

/** A new name for a field, by its place: `User.name`, `chat.say.request.text`. */
interface FieldRenaming {
  readonly field: string;
  readonly to: string;
}

/** The changes of the texts. */
export interface RenamedField {
  /** The old name of the field itself. */
  readonly name: string;
  /** Changes the text of the spec, or of a file that it refers to. Everything else keeps its bytes. */
  edit(text: string, file: { readonly file: string; readonly path: string }): Outcome<string>;
}

/**
 * Renames a field of a schema: wherever schemas name it that can apply to the same object, in their values (`default`, `enum`, …),
 * in examples, in `slowConsumer: { latest: … }`, in routes, and in references that lead through it. Errors: `not-in-spec`,
 * `already-exists`, and `unexpected-shape` if other parts of a schema depend on the name.
 */
export function renameField(source: SpecSource, { field, to }: FieldRenaming): Outcome<RenamedField> {
  const { value: schemas, diagnostics } = SpecSchemas.read(source);
  if (schemas === undefined) return failed(diagnostics);
  const found = findFields(schemas, (place) => field.startsWith(`${place}.`)).get(field);
  if (found === undefined) return failed([reportUnknown(schemas, source.file, field)]);
  const { name } = found;
  const groups = listGroups(
    schemas,
    (part) => isRestricting(part) || [name, to].some((each) => listNamed(part, each).length > 0),
  );
  if (groups === undefined)
    return failed([refuse("The schemas of the spec refer to each other in too many ways.", "")]);
  const parts = collectSame(groups, found);
  const problem = findProblem(groups, parts, { field, name, to });
  if (problem !== undefined) return failed([problem]);
  const names = findFieldNames(schemas, { name, to, parts });
  const edit: RenamedField["edit"] = (text, { file, path }) => {
    const { value: spec, diagnostics } = EditableSpec.open(file, text);
    return spec?.replace(names.get(path) ?? new Map(), schemas.trees.get(path)) ?? failed(diagnostics);
  };
  return { value: { name, edit }, diagnostics: [] };
}

/** Whether a schema has rules for the names of fields. */
const isRestricting = ({ node }: SchemaPart): boolean =>
  ["patternProperties", "propertyNames"].some((keyword) => getMember(node, keyword) !== undefined);

type Groups = readonly (readonly SchemaPart[])[];

/** The schemas that name a field, those that name it for the same objects, and so on. */
function collectSame(groups: Groups, { name, parts }: Field): ReadonlySet<SourceNode> {
  const same = new Set<SourceNode>(parts.map(({ node }) => node));
  const naming = groups
    .map((group) => group.filter((part) => listNamed(part, name).length > 0).map(({ node }) => node))
    .filter(({ length }) => length > 1);
  for (let size = 0; size < same.size; ) {
    size = same.size;
    for (const nodes of naming)
      if (nodes.some((node) => same.has(node))) for (const node of nodes) same.add(node);
  }
  return same;
}

interface Wish extends FieldRenaming {
  readonly name: string;
}

/** A reason why the field cannot have the name. */
function findProblem(groups: Groups, same: ReadonlySet<SourceNode>, wish: Wish): Diagnostic | undefined {
  for (const group of groups.filter((each) => each.some(({ node }) => same.has(node)))) {
    for (const part of group) {
      const found = findConflict(part, wish);
      if (found !== undefined) return found;
      const isShort = same.has(part.node) && part.root.short !== undefined && isWhole(part);
      if (isShort && !isPropertyName(wish.to))
        return refuse(
          `'${wish.to}' cannot be a field in a mapping of properties${of(part.root)}.`,
          "Write a whole JSON Schema there first, with the fields below `properties:`.",
        );
    }
  }
  return undefined;
}

function findConflict(part: SchemaPart, { field, name, to }: Wish): Diagnostic | undefined {
  const { node, root } = part;
  if (to !== name && listNamed(part, to).length > 0)
    return problem("already-exists", {
      message: `'${field}' cannot become '${to}': the same object already has a field '${to}'${of(root)}.`,
      fix: "Choose another name, or rename the existing one first.",
    });
  if (getMember(node, "propertyNames"))
    return refuse(`'${field}' was not renamed: 'propertyNames' restricts the names${of(root)}.`, "");
  const patterns = getEntries(getMember(node, "patternProperties")).map(([pattern]) => pattern);
  const decisive = patterns.find((pattern) => matchesPattern(pattern, name) !== matchesPattern(pattern, to));
  if (decisive === undefined) return undefined;
  const both = `'${name}' and '${to}' differ for the pattern '${decisive}' of 'patternProperties'`;
  return refuse(`'${field}' was not renamed: ${both}${of(root)}.`, "Choose another name.");
}

const of = ({ name }: SchemaRoot): string => ` (in '${name}')`;

const refuse = (message: string, fix: string): Diagnostic =>
  problem("unexpected-shape", { message, fix: fix || "Make the change by hand." });
