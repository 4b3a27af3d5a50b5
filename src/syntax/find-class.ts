import { compiler, hasModifier, type ts } from "./compiler.js";
import type { Source } from "./parse-source.js";
import { readImports } from "./read-imports.js";
import { findMember, findResult, stripWrappers } from "./resolve-value.js";

/** A class of a file and its name there; `""` for an anonymous default export. */
export interface ClassFound {
  readonly name: string;
  readonly node: ts.ClassLikeDeclaration;
}

/** The classes at the top of a file: declared, or assigned to a variable. */
function listClasses(source: Source): ClassFound[] {
  return source.file.statements.flatMap((statement): ClassFound[] => {
    if (compiler.isClassDeclaration(statement))
      return [{ name: statement.name?.text ?? "", node: statement }];
    if (!compiler.isVariableStatement(statement)) return [];
    return statement.declarationList.declarations.flatMap(({ name, initializer }) => {
      const node = initializer && findAssignedClass(initializer);
      return node && compiler.isIdentifier(name) ? [{ name: name.text, node }] : [];
    });
  });
}

/** The class that is assigned to a variable, directly or through a call: `logged(class { … })`. */
function findAssignedClass(expression: ts.Expression): ts.ClassExpression | undefined {
  const inner = stripWrappers(expression);
  if (!compiler.isCallExpression(inner)) return compiler.isClassExpression(inner) ? inner : undefined;
  return inner.arguments.find(compiler.isClassExpression);
}

/** The members that identify a class without an `implements` clause. */
const ownMembers = { IWebsocket: ["getModuleFlag", "getCommandList"], ICommand: ["getCommand", "execute"] };

/** Lists the classes that implement an interface: also under another name of its import, without `implements`, or through a base class. */
export function listImplementations(source: Source, interfaceName: "IWebsocket" | "ICommand"): ClassFound[] {
  const imported = readImports(source).find((binding) => binding.exported === interfaceName);
  const names = new Set([interfaceName, imported?.local ?? interfaceName]);
  const classes = listClasses(source);
  const isOne = ({ node }: ClassFound, seen: readonly ClassFound[] = []): boolean =>
    findHeritageNames(source, node, "ImplementsKeyword").some((name) => names.has(name)) ||
    ownMembers[interfaceName].every((name) => findMember(node, name) !== undefined) ||
    classes.some(
      (base) =>
        !seen.includes(base) &&
        findHeritageNames(source, node, "ExtendsKeyword").includes(base.name) &&
        isOne(base, [...seen, base]),
    );
  // A list cannot instantiate an abstract class.
  return classes.filter((found) => isOne(found) && !hasModifier(found.node, "AbstractKeyword"));
}

/**
 * Finds the class of a module or a command. A renamed class is the only implementation of `IWebsocket` in the file (of
 * `ICommand` in a file without modules). If there are several modules, it is the one whose `getModuleFlag()` returns the flag.
 */
export function findModuleClass(
  source: Source,
  className: string,
  moduleFlag?: string,
): ClassFound | undefined {
  const named = listClasses(source).find(({ name }) => name === className);
  if (named) return named;
  const modules = listImplementations(source, "IWebsocket");
  if (modules.length === 1) return modules[0];
  const commands = modules.length === 0 ? listImplementations(source, "ICommand") : [];
  if (commands.length === 1) return commands[0];
  const flagged = modules.filter(({ node }) => findLiteralResult(node, "getModuleFlag") === moduleFlag);
  return moduleFlag !== undefined && flagged.length === 1 ? flagged[0] : undefined;
}

/** The string literal that a member of a class returns; undefined for anything else. */
export function findLiteralResult(node: ts.ClassLikeDeclaration, name: string): string | undefined {
  const result = findResult(node, name);
  const value = result && stripWrappers(result);
  return value && compiler.isStringLiteralLike(value) ? value.text : undefined;
}

/** Last segments of the names behind `implements` or `extends`: `runtime.IWebsocket` gives `IWebsocket`. */
function findHeritageNames(
  { file }: Source,
  node: ts.ClassLikeDeclaration,
  keyword: "ImplementsKeyword" | "ExtendsKeyword",
): string[] {
  return (node.heritageClauses ?? [])
    .filter(({ token }) => token === compiler.SyntaxKind[keyword])
    .flatMap(({ types }) => types.map(({ expression }) => expression.getText(file).split(".").at(-1) ?? ""));
}

/** Finds every call of a function in a file: by its name, its imported name, or `namespace.name(…)`. */
export function findCalls(source: Source, callee: string): ts.CallExpression[] {
  const { file } = source;
  const imported = readImports(source).find(({ exported }) => exported === callee);
  const names = new Set([callee, imported?.local ?? callee]);
  const found: ts.CallExpression[] = [];
  const visit = (node: ts.Node): void => {
    if (compiler.isCallExpression(node) && names.has(getCalledName(node))) found.push(node);
    compiler.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function getCalledName({ expression }: ts.CallExpression): string {
  if (compiler.isIdentifier(expression)) return expression.text;
  return compiler.isPropertyAccessExpression(expression) ? expression.name.text : "";
}
