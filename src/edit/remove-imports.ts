import { compiler, type ts } from "../syntax/compiler.js";
import type { Source } from "../syntax/parse-source.js";
import { type ImportBinding, readImports } from "../syntax/read-imports.js";
import { groupBy, type Splice } from "../syntax/splice.js";
import type { RemoveImport } from "./edit.js";
import { getList, skipComments } from "./grow-list.js";
import { joinProposals, type Proposal, reportShape } from "./proposal.js";
import { removeFromList } from "./remove-elements.js";

/** Removes names from their imports, and the statement with its last name. A name that is still used is an error. */
export function removeImports(source: Source, edits: readonly RemoveImport[]): Proposal {
  const bindings = readImports(source);
  const removed = edits.flatMap((edit) =>
    bindings
      .filter(
        ({ exported, local, specifier }) => local === edit.name || (specifier && exported === edit.name),
      )
      .map((binding) => ({ edit, binding })),
  );
  if (removed.length === 0) return {};
  const uses = findUses(source);
  const used = removed.filter(({ binding }) => uses.has(binding.local));
  const problems: Proposal = {
    splices: [],
    diagnostics: used.map(({ binding: { local } }) =>
      reportShape(source, `'${local}' is still used here.`, uses.get(local)),
    ),
    pending: removed.map(({ edit }) => edit),
  };
  const groups = groupBy(
    removed.map(({ binding }) => binding),
    ({ declaration }) => declaration,
  );
  const splices = [...groups].flatMap(([declaration, group]) => removeBindings(source, declaration, group));
  return joinProposals([problems, { splices }]);
}

function removeBindings(
  source: Source,
  declaration: ts.ImportDeclaration,
  group: readonly ImportBinding[],
): Splice[] {
  const clause = declaration.importClause;
  const names = clause?.namedBindings;
  const list = names && compiler.isNamedImports(names) ? names : undefined;
  const specifiers = group.flatMap(({ specifier }) => specifier ?? []);
  const isWhole =
    (clause?.name === undefined || group.some(({ specifier }) => !specifier)) &&
    specifiers.length === (list?.elements.length ?? 0);
  if (isWhole || !list) return [removeStatement(source, declaration)];
  return removeFromList(source, getList(list), specifiers);
}

/** Removes a statement with its line end and the comment after it. Comments before it stay. */
function removeStatement(source: Source, statement: ts.Statement): Splice {
  const end = skipComments(source, statement.getEnd());
  const lineBreak = /^[ \t]*(?:\r?\n)?/.exec(source.text.slice(end))?.[0].length ?? 0;
  return { start: statement.getStart(source.file), end: end + lineBreak, text: "" };
}

/** Finds the first use of every name outside the import statements. */
function findUses({ file }: Source): Map<string, ts.Node> {
  const uses = new Map<string, ts.Node>();
  const visit = (node: ts.Node): void => {
    if (compiler.isImportDeclaration(node)) return;
    if (compiler.isIdentifier(node) && !isPropertyName(node) && !uses.has(node.text))
      uses.set(node.text, node);
    compiler.forEachChild(node, visit);
  };
  visit(file);
  return uses;
}

/** True for a property: `name` in `x.name` is not a use of an import. */
const isPropertyName = (node: ts.Identifier): boolean =>
  compiler.isPropertyAccessExpression(node.parent) && node.parent.name === node;
