import type { ts } from "ts-morph";
import type { Source } from "./parse-source.js";

/** The most fields, constants and getters that are followed: enough for real code, and a limit for cycles. */
const maxHops = 8;

/** Strips wrappers that do not change the value of an expression: parentheses, `as`, `satisfies`, `!`. */
export function stripWrappers({ compiler }: Source, expression: ts.Expression): ts.Expression {
  let inner = expression;
  while (
    compiler.isParenthesizedExpression(inner) ||
    compiler.isAsExpression(inner) ||
    compiler.isSatisfiesExpression(inner) ||
    compiler.isNonNullExpression(inner) ||
    compiler.isTypeAssertionExpression(inner)
  )
    inner = inner.expression;
  return inner;
}

/** Finds a member of a class that has a body or a value, by name, a static one last. Overload signatures have neither. */
export function findMember(
  { compiler }: Source,
  node: ts.ClassLikeDeclaration,
  name: string,
): ts.ClassElement | undefined {
  const found = node.members.filter(
    (member) =>
      nameOf(compiler, member) === name &&
      (compiler.isPropertyDeclaration(member) ||
        compiler.isGetAccessor(member) ||
        (compiler.isMethodDeclaration(member) && member.body !== undefined)),
  );
  return found.find((member) => !isStatic(compiler, member)) ?? found[0];
}

/** The name of a member, also `["literal"]`; undefined if it is an expression or the member has no name. */
function nameOf(compiler: Source["compiler"], { name }: ts.ClassElement): string | undefined {
  const key = name && compiler.isComputedPropertyName(name) ? name.expression : name;
  const isLiteral = key && (compiler.isStringLiteralLike(key) || compiler.isPrivateIdentifier(key));
  return isLiteral || (key === name && key && compiler.isIdentifier(key)) ? key.text : undefined;
}

/** Whether a class may have members that cannot be read: inherited, or with an expression as their name. */
export const hasUnreadMembers = ({ compiler }: Source, node: ts.ClassLikeDeclaration): boolean =>
  node.heritageClauses?.some(({ token }) => token === compiler.SyntaxKind.ExtendsKeyword) === true ||
  node.members.some((member) => member.name !== undefined && nameOf(compiler, member) === undefined);

const isStatic = (compiler: Source["compiler"], member: ts.ClassElement): boolean =>
  compiler.canHaveModifiers(member) &&
  compiler.getModifiers(member)?.some(({ kind }) => kind === compiler.SyntaxKind.StaticKeyword) === true;

/** The result of a class member's call: the one expression that its body returns. Undefined for none or several. */
export function resultOf(
  source: Source,
  node: ts.ClassLikeDeclaration,
  name: string,
): ts.Expression | undefined {
  const { compiler } = source;
  const member = findMember(source, node, name);
  if (!member) return undefined;
  if (compiler.isMethodDeclaration(member)) return returned(source, member.body);
  const value = valueOfMember(source, member);
  return value && resultOfFunction(source, value);
}

/** Resolves an expression to an array literal, through constants, fields, getters and methods. */
export function resolveArray(
  source: Source,
  expression: ts.Expression,
  hops = maxHops,
): ts.ArrayLiteralExpression | undefined {
  const inner = stripWrappers(source, expression);
  if (source.compiler.isArrayLiteralExpression(inner)) return inner;
  const next = hops > 0 ? follow(source, inner) : undefined;
  return next && resolveArray(source, next, hops - 1);
}

/** The value of a name, a field or a call without arguments, as an expression; undefined for anything else. */
export function follow(source: Source, expression: ts.Expression): ts.Expression | undefined {
  const { compiler } = source;
  if (compiler.isIdentifier(expression)) return constant(source, expression);
  if (compiler.isCallExpression(expression)) {
    const callee = stripWrappers(source, expression.expression);
    const owner = compiler.isPropertyAccessExpression(callee) && ownerOf(source, callee);
    return owner && expression.arguments.length === 0 ? resultOf(source, owner, callee.name.text) : undefined;
  }
  if (!compiler.isPropertyAccessExpression(expression)) return undefined;
  const owner = ownerOf(source, expression);
  const member = owner && findMember(source, owner, expression.name.text);
  return (
    owner &&
    member &&
    (valueOfMember(source, member) ?? assignedInConstructor(source, owner, expression.name.text))
  );
}

/** The class of `this.x`, or of `Name.x` inside the class `Name`. */
function ownerOf(
  { compiler }: Source,
  access: ts.PropertyAccessExpression,
): ts.ClassLikeDeclaration | undefined {
  const node = compiler.findAncestor(access, compiler.isClassLike);
  const { expression } = access;
  const isOwn =
    expression.kind === compiler.SyntaxKind.ThisKeyword ||
    (compiler.isIdentifier(expression) && expression.text === node?.name?.text);
  return isOwn ? node : undefined;
}

/** The value of a field, or what a getter returns. */
function valueOfMember(source: Source, member: ts.ClassElement): ts.Expression | undefined {
  const { compiler } = source;
  if (compiler.isPropertyDeclaration(member)) return member.initializer;
  return compiler.isGetAccessor(member) ? returned(source, member.body) : undefined;
}

function resultOfFunction(source: Source, expression: ts.Expression): ts.Expression | undefined {
  const inner = stripWrappers(source, expression);
  const isFunction = source.compiler.isArrowFunction(inner) || source.compiler.isFunctionExpression(inner);
  return isFunction ? returned(source, inner.body) : undefined;
}

/** The one expression that a body returns. Returns of functions and classes inside it do not count. */
function returned({ compiler }: Source, body: ts.ConciseBody | undefined): ts.Expression | undefined {
  if (!body || !compiler.isBlock(body)) return body;
  const found: ts.ReturnStatement[] = [];
  const visit = (node: ts.Node): void => {
    if (compiler.isReturnStatement(node)) found.push(node);
    else if (!compiler.isFunctionLike(node) && !compiler.isClassLike(node))
      compiler.forEachChild(node, visit);
  };
  visit(body);
  return found.length === 1 ? found[0]?.expression : undefined;
}

/** The value of the `const` with that name, searched from the inner scope outwards. */
function constant({ compiler }: Source, name: ts.Identifier): ts.Expression | undefined {
  for (let scope: ts.Node | undefined = name.parent; scope; scope = scope.parent) {
    if (!compiler.isBlock(scope) && !compiler.isSourceFile(scope)) continue;
    for (const statement of scope.statements) {
      if (!compiler.isVariableStatement(statement)) continue;
      const { declarations, flags } = statement.declarationList;
      const found = declarations.find(
        (one) => compiler.isIdentifier(one.name) && one.name.text === name.text,
      );
      if (found) return flags & compiler.NodeFlags.Const ? found.initializer : undefined;
    }
  }
  return undefined;
}

/** The value of the one `this.name = …` in a class's constructor. */
function assignedInConstructor(
  { compiler }: Source,
  node: ts.ClassLikeDeclaration,
  name: string,
): ts.Expression | undefined {
  const values = node.members.filter(compiler.isConstructorDeclaration).flatMap(({ body }) =>
    (body?.statements ?? []).flatMap((statement) => {
      if (!compiler.isExpressionStatement(statement) || !compiler.isBinaryExpression(statement.expression))
        return [];
      const { left, operatorToken, right } = statement.expression;
      const isAssignment =
        operatorToken.kind === compiler.SyntaxKind.EqualsToken &&
        compiler.isPropertyAccessExpression(left) &&
        left.expression.kind === compiler.SyntaxKind.ThisKeyword &&
        left.name.text === name;
      return isAssignment ? [right] : [];
    }),
  );
  return values.length === 1 ? values[0] : undefined;
}
