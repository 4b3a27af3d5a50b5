import { posix } from "node:path";
import { compiler, type ts } from "../syntax/compiler.js";
import type { Source } from "../syntax/parse-source.js";
import {
  findImportDeclarations,
  getSpecifier,
  type ImportBinding,
  readImports,
} from "../syntax/read-imports.js";
import { insertion, isIdentifier, type Splice, writeString } from "../syntax/splice.js";
import type { AddImport } from "./edit.js";
import { getList, growList, skipComments } from "./grow-list.js";
import { findImportPlace, readImportedNames } from "./imported-names.js";
import { joinProposals, type Proposal, reportShape } from "./proposal.js";
import type { StyledSource } from "./text-style.js";

/**
 * Imports classes as values. A class that is imported under any name or path counts as present. Its type-only import becomes
 * a full one. Otherwise it is added to an import from the same file, or gets a statement after the last import.
 */
export function addImports(source: StyledSource, edits: readonly AddImport[]): Proposal {
  const names = readImportedNames(source);
  const isOthers = ({ name, from }: AddImport): boolean =>
    names.isTaken(name) || (names.isDeclaredHere(name) && !isSelf(source, from));
  const missing = edits.filter((edit) => names.expressionFor(edit.name) === undefined || isOthers(edit));
  const promoted = missing.map((edit): Proposal => {
    const typeOnly = names.typeOnlyImport(edit.name);
    if (typeOnly) return { splices: promote(source, typeOnly), pending: [edit] };
    if (!isOthers(edit)) return {};
    const diagnostic = reportShape(
      source,
      `'${edit.name}' already names something else here, so the class cannot be imported.`,
    );
    return { diagnostics: [diagnostic], pending: [edit] };
  });
  const added = missing.filter((edit) => !names.typeOnlyImport(edit.name) && !isOthers(edit));
  return joinProposals([...promoted, { splices: insertImports(source, added), pending: added }]);
}

/** Whether a specifier means the file itself. A class that the user moved there needs no import. */
const isSelf = ({ path }: Source, from: string): boolean =>
  withoutExtension(from) === `./${posix.basename(withoutExtension(path))}`;

/** Changes a type-only import to a value. The names beside it stay types. */
function promote(source: Source, { specifier, declaration }: ImportBinding): Splice[] {
  const { file, text } = source;
  const clause = declaration.importClause;
  if (specifier?.isTypeOnly) return [removeKeyword(text, specifier.getStart(file))];
  if (!clause) return [];
  const bindings = clause.namedBindings;
  const others = bindings && compiler.isNamedImports(bindings) ? bindings.elements : [];
  return [
    removeKeyword(text, clause.getStart(file)),
    ...others.filter((other) => other !== specifier).map((other) => insertion(other.getStart(file), "type ")),
  ];
}

/** Removes the word `type` and the white space after it. */
function removeKeyword(text: string, start: number): Splice {
  const length = /^type\s*/.exec(text.slice(start))?.[0].length ?? 0;
  return { start, end: start + length, text: "" };
}

function insertImports(source: StyledSource, edits: readonly AddImport[]): Splice[] {
  const extension = readExtensionStyle(source);
  const open = new Map(findOpenImports(source).map((found) => [withoutExtension(found.from), found.names]));
  const joined = new Map<ts.NamedImports, string[]>();
  const statements: AddImport[] = [];
  for (const edit of edits) {
    const list = edit.exportedAs === "default" ? undefined : open.get(withoutExtension(edit.from));
    if (list) joined.set(list, [...(joined.get(list) ?? []), writeSpecifier(edit)]);
    else statements.push({ ...edit, from: extension(edit.from) });
  }
  const grown = [...joined].flatMap(([list, names]) => growList(source, getList(list), names));
  return statements.length === 0 ? grown : [...grown, placeImports(source, statements)];
}

/** The imports of values in braces, to which a name can be added. */
function findOpenImports(source: Source): { from: string; names: ts.NamedImports }[] {
  return findImportDeclarations(source).flatMap((declaration) => {
    const clause = declaration.importClause;
    const names = clause?.namedBindings;
    const isOpen =
      names &&
      compiler.isNamedImports(names) &&
      names.elements.length > 0 &&
      clause.phaseModifier === undefined;
    return isOpen ? [{ from: getSpecifier(declaration), names }] : [];
  });
}

/** Writes the statements on separate lines, with the same ending as the import before them. */
function placeImports(source: StyledSource, imports: readonly AddImport[]): Splice {
  const { at, after } = findImportPlace(source);
  const semicolon = after && source.text[at - 1] === ";" ? ";" : source.style.semicolon;
  const space = readBraceSpace(source);
  const lines = imports.map(
    (edit) =>
      `import ${writeImportClause(edit, space)} from ${writeString(edit.from, source.style.quote)}${semicolon}`,
  );
  const text = lines.join(source.style.lineEnd);
  return after
    ? insertion(skipComments(source, at), source.style.lineEnd + text)
    : insertion(at, text + source.style.lineEnd + source.style.lineEnd);
}

/** `{ Say }`, `{ Talk as Say }`, or `Say` for a default. */
export const writeImportClause = (edit: AddImport, space: string): string =>
  edit.exportedAs === "default" ? edit.name : `{${space}${writeSpecifier(edit)}${space}}`;

const writeSpecifier = ({ name, exportedAs = name }: AddImport): string =>
  exportedAs === name
    ? name
    : `${isIdentifier(exportedAs) ? exportedAs : writeString(exportedAs, '"')} as ${name}`;

/** The space inside the braces of the last import that has braces. */
function readBraceSpace(source: Source): " " | "" {
  const specifier = readImports(source).findLast((binding) => binding.specifier)?.specifier;
  return specifier && /^\{\S/.test(source.text.slice(specifier.parent.getStart(source.file))) ? "" : " ";
}

/** Applies the file's style of extensions to relative imports: `./a.js`, `./a.ts` or `./a`. */
function readExtensionStyle(source: Source): (from: string) => string {
  const example = readImports(source).findLast(({ from }) => from.startsWith("."))?.from;
  if (example === undefined || /\.[cm]?js$/.test(example)) return (from) => from;
  const extension = /\.[cm]?ts$/.exec(example)?.[0] ?? "";
  return (from) => (from.startsWith(".") ? withoutExtension(from) + extension : from);
}

const withoutExtension = (from: string): string => from.replace(/\.[cm]?[jt]s$/, "");
