import { compiler, type ts } from "./compiler.js";
import { type ClassFound, listImplementations } from "./find-class.js";
import { findComments } from "./find-text.js";
import { getSyntaxErrors, parseSource, type Source } from "./parse-source.js";
import { applySplices, getQuote, type Splice, writeString } from "./splice.js";

const commandMembers = new Set(["getCommand", "getConfigOption", "execute"]);
const moduleMembers = new Set([
  ...["connect", "disconnect", "close", "publicState", "handshakeURL", "getCommandList"],
  ...["getModuleFlag", "getServerPort", "getWSServerConfig"],
]);

/** The comments that wsgen writes above the members of a class. Any other comment there is the user's. */
const ownComments = new Set([
  "/** Called before the handshake is answered. Throw an error to refuse the client. */",
  "/** Called once when an established connection has ended, after `close`. */",
  "/** Called when an established connection closes, with the close code and reason of RFC 6455. `disconnect` follows. */",
  "/** What other clients in a room see of a connection. */",
  "/** The options of the spec. Add your own after them; the last one wins. */",
  // Up to 0.1.0.
  "/** A client tries to connect and the handshake is not answered yet: throw an error to refuse it. */",
  "/** An established connection has ended, whoever ended it. */",
  "/** An established connection closes, with the close code and reason of RFC 6455; `disconnect` follows. */",
  "/** The options of the spec; add your own behind them, the last one wins. */",
]);

/**
 * Whether a command, a module or a guard is still as wsgen created it: one class, without members, comments or expressions of
 * the user, with an `execute` that only throws `NotImplementedError`, and with empty hooks; or one function that only throws it.
 * Formatting makes no difference. Code that cannot be read reliably counts as changed.
 */
export function isUntouchedStub(path: string, text: string): boolean {
  const source = parseSource(path, text);
  if (getSyntaxErrors(source).length > 0) return false;
  const [command] = listImplementations(source, "ICommand");
  const [module] = listImplementations(source, "IWebsocket");
  const found = command ?? module;
  if (found === undefined) return isUntouchedGuard(source);
  return isUntouchedFile(source, found, command ? commandMembers : moduleMembers);
}

function isUntouchedFile(source: Source, { node }: ClassFound, expected: ReadonlySet<string>): boolean {
  const { file } = source;
  const others = file.statements.filter(
    (statement) => !compiler.isImportDeclaration(statement) && !isEmptyState(statement, file),
  );
  const isAlone = others.length === 1 && others[0] === node && node.heritageClauses?.length === 1;
  return (
    isAlone &&
    node.members.every((member) => isUntouched(source, member, expected)) &&
    hasOnlyOwnComments(source, node)
  );
}

/** Whether a file has only the function of a guard, which only throws `NotImplementedError`. */
function isUntouchedGuard(source: Source): boolean {
  const { file } = source;
  const [guard, ...others] = file.statements.filter((statement) => !compiler.isImportDeclaration(statement));
  if (guard === undefined || others.length > 0 || !compiler.isFunctionDeclaration(guard)) return false;
  const [statement, ...more] = guard.body?.statements ?? [];
  const isStub = /^throw new NotImplementedError\([^()]*"guard",?\s*\)/.test(statement?.getText(file) ?? "");
  return isStub && more.length === 0 && hasOnlyOwnComments(source, guard);
}

/** True for the type of what a connection holds, as wsgen writes it. */
const isEmptyState = (statement: ts.Statement, file: ts.SourceFile): boolean =>
  compiler.isTypeAliasDeclaration(statement) && statement.type.getText(file) === "Record<string, never>";

/** Whether all comments are wsgen's: the line that names the file's owner, the class's description, and those above its members. */
function hasOnlyOwnComments(source: Source, node: ts.Node): boolean {
  const start = node.getStart(source.file);
  const outside = findComments(source).filter(({ end }) => end <= start);
  const inside = findComments(source).filter(({ end }) => end > start);
  const descriptions = outside.filter(
    ({ text }) => !text.startsWith("// Yours") && !text.startsWith("/** What each connection holds:"),
  );
  return descriptions.length <= 1 && inside.every(({ text }) => ownComments.has(text));
}

function isUntouched(source: Source, member: ts.ClassElement, expected: ReadonlySet<string>): boolean {
  const { file } = source;
  if (!compiler.isMethodDeclaration(member) || !member.body) return false;
  const name = member.name.getText(file);
  const [statement, second] = member.body.statements;
  if (!expected.has(name) || second !== undefined || compiler.getDecorators(member)?.length) return false;
  if (statement === undefined) return true;
  if (name === "execute" || name === "publicState")
    return /^throw new NotImplementedError\(/.test(statement.getText(file));
  if (compiler.isReturnStatement(statement)) return isPlain(statement.expression);
  return false;
}

/** True for a value as wsgen writes it: a literal, a list of literals, a list of commands without arguments, the generated options. */
function isPlain(expression: ts.Expression | undefined): boolean {
  if (expression === undefined) return false;
  if (compiler.isStringLiteral(expression) || compiler.isNumericLiteral(expression)) return true;
  if (compiler.isObjectLiteralExpression(expression)) return expression.properties.length === 0;
  if (!compiler.isArrayLiteralExpression(expression)) return false;
  const { elements } = expression;
  const isOptions =
    elements.length === 1 &&
    elements.every((element) => compiler.isSpreadElement(element) && isGeneratedOptions(element.expression));
  return (
    isOptions ||
    elements.every(
      (element) =>
        compiler.isStringLiteral(element) ||
        (compiler.isNewExpression(element) && (element.arguments ?? []).length === 0),
    )
  );
}

/** `chatModuleOptions`, or `chatModuleOptions(this)`. */
const isGeneratedOptions = (expression: ts.Expression): boolean =>
  compiler.isCallExpression(expression)
    ? compiler.isIdentifier(expression.expression) &&
      expression.arguments.every(({ kind }) => kind === compiler.SyntaxKind.ThisKeyword)
    : compiler.isIdentifier(expression);

/**
 * Renames the places where wsgen wrote a name into a file of the user, if they are unchanged: the comment
 * `The command say.` above a class, and `throw new NotImplementedError("say")` in a command that is not implemented yet.
 */
export function renameStubName(
  path: string,
  text: string,
  { kind, from, to }: Readonly<Record<"kind" | "from" | "to", string>>,
): string {
  const source = parseSource(path, text);
  const { file } = source;
  const splices: Splice[] = [];
  const visit = (node: ts.Node): void => {
    compiler.forEachChild(node, visit);
    if (!compiler.isNewExpression(node) || node.expression.getText(file) !== "NotImplementedError") return;
    const name = node.arguments?.[0];
    if (!name || !compiler.isStringLiteral(name) || name.text !== from) return;
    const text = writeString(to, getQuote(name.getText(file)));
    splices.push({ start: name.getStart(file), end: name.getEnd(), text });
  };
  visit(file);
  for (const { text, start, end } of findComments(source))
    if (text === `/** The ${kind} ${from}. */` && fitsInComment(to))
      splices.push({ start, end, text: `/** The ${kind} ${to}. */` });
  return applySplices(text, splices);
}

/** True for a name that cannot end a comment and fits on a line. */
const fitsInComment = (name: string): boolean => /^[\w .:@-]{1,60}$/.test(name);
