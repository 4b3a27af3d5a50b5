import { compiler, hasModifier, type ts } from "./compiler.js";

/** The most fields, constants and getters that are followed: enough for real code, and a limit for cycles. */
const maxHops = 8;

/** Strips wrappers that do not change the value of an expression: parentheses, `as`, `satisfies`, `!`. */
export function stripWrappers(expression: ts.Expression): ts.Expression {
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
export function findMember(node: ts.ClassLikeDeclaration, name: string): ts.ClassElement | undefined {
  const found = node.members.filter(
    (member) =>
      getMemberName(member) === name &&
      (compiler.isPropertyDeclaration(member) ||
        compiler.isGetAccessor(member) ||
        (compiler.isMethodDeclaration(member) && member.body !== undefined)),
  );
  return found.find((member) => !hasModifier(member, "StaticKeyword")) ?? found[0];
}

/** The name of a member, also `["literal"]`; undefined if it is an expression or the member has no name. */
function getMemberName({ name }: ts.ClassElement): string | undefined {
  const key = name && compiler.isComputedPropertyName(name) ? name.expression : name;
  const isLiteral = key && (compiler.isStringLiteralLike(key) || compiler.isPrivateIdentifier(key));
  return isLiteral || (key === name && key && compiler.isIdentifier(key)) ? key.text : undefined;
}

/** Whether a class may have members that cannot be read: inherited, or with an expression as their name. */
export const hasUnreadMembers = (node: ts.ClassLikeDeclaration): boolean =>
  node.heritageClauses?.some(({ token }) => token === compiler.SyntaxKind.ExtendsKeyword) === true ||
  node.members.some((member) => member.name !== undefined && getMemberName(member) === undefined);

/** The result of a class member's call: the one expression that its body returns. Undefined for none or several. */
export function findResult(node: ts.ClassLikeDeclaration, name: string): ts.Expression | undefined {
  const member = findMember(node, name);
  if (!member) return undefined;
  if (compiler.isMethodDeclaration(member)) return findReturned(member.body);
  const value = findMemberValue(member);
  return value && findFunctionResult(value);
}

/** Resolves an expression to an array literal, through constants, fields, getters and methods. */
export function resolveArray(
  expression: ts.Expression,
  hops = maxHops,
): ts.ArrayLiteralExpression | undefined {
  const inner = stripWrappers(expression);
  if (compiler.isArrayLiteralExpression(inner)) return inner;
  const next = hops > 0 ? follow(inner) : undefined;
  return next && resolveArray(next, hops - 1);
}

/** The value of a name, a field or a call without arguments, as an expression; undefined for anything else. */
export function follow(expression: ts.Expression): ts.Expression | undefined {
  if (compiler.isIdentifier(expression)) return findConstant(expression);
  if (compiler.isCallExpression(expression)) {
    const callee = stripWrappers(expression.expression);
    const owner = compiler.isPropertyAccessExpression(callee) && findOwner(callee);
    return owner && expression.arguments.length === 0 ? findResult(owner, callee.name.text) : undefined;
  }
  if (!compiler.isPropertyAccessExpression(expression)) return undefined;
  const owner = findOwner(expression);
  const member = owner && findMember(owner, expression.name.text);
  return owner && member && (findMemberValue(member) ?? findAssignment(owner, expression.name.text));
}

/** The class of `this.x`, or of `Name.x` inside the class `Name`. */
function findOwner(access: ts.PropertyAccessExpression): ts.ClassLikeDeclaration | undefined {
  const node = compiler.findAncestor(access, compiler.isClassLike);
  const { expression } = access;
  const isOwn =
    expression.kind === compiler.SyntaxKind.ThisKeyword ||
    (compiler.isIdentifier(expression) && expression.text === node?.name?.text);
  return isOwn ? node : undefined;
}

/** The value of a field, or what a getter returns. */
function findMemberValue(member: ts.ClassElement): ts.Expression | undefined {
  if (compiler.isPropertyDeclaration(member)) return member.initializer;
  return compiler.isGetAccessor(member) ? findReturned(member.body) : undefined;
}

function findFunctionResult(expression: ts.Expression): ts.Expression | undefined {
  const inner = stripWrappers(expression);
  const isFunction = compiler.isArrowFunction(inner) || compiler.isFunctionExpression(inner);
  return isFunction ? findReturned(inner.body) : undefined;
}

/** The one expression that a body returns. Returns of functions and classes inside it do not count. */
function findReturned(body: ts.ConciseBody | undefined): ts.Expression | undefined {
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
function findConstant(name: ts.Identifier): ts.Expression | undefined {
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
function findAssignment(node: ts.ClassLikeDeclaration, name: string): ts.Expression | undefined {
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
