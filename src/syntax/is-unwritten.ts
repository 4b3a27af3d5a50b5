import type { ts } from "ts-morph";
import { listImplementations } from "./find-class.js";
import { parseSource, type Source, syntaxErrors } from "./parse-source.js";

const commandMembers = new Set(["getCommand", "getConfigOption", "execute"]);
const moduleMembers = new Set([
  ...["connect", "disconnect", "close", "handshakeURL", "getCommandList"],
  ...["getModuleFlag", "getServerPort", "getWSServerConfig"],
]);

/**
 * Whether a command or a module is still as wsgen made it: one class, no member of the user's, an `execute` that only
 * throws `NotImplementedError`, hooks that at most write a log line. Formatting and comments make no difference. What
 * cannot be read for sure counts as written.
 */
export function isUnwritten(path: string, text: string): boolean {
  const source = parseSource(path, text);
  if (syntaxErrors(source).length > 0) return false;
  const { compiler, file } = source;
  const classes = file.statements.filter((statement) => compiler.isClassDeclaration(statement));
  const others = file.statements.filter(
    (statement) => !compiler.isClassDeclaration(statement) && !compiler.isImportDeclaration(statement),
  );
  const [only, second] = classes;
  if (only === undefined || second !== undefined || others.length > 0) return false;
  const isCommand = listImplementations(source, "ICommand").some(({ node }) => node === only);
  const expected = isCommand ? commandMembers : moduleMembers;
  return only.members.every((member) => isUntouched(source, member, expected));
}

function isUntouched(source: Source, member: ts.ClassElement, expected: ReadonlySet<string>): boolean {
  const { compiler, file } = source;
  if (!compiler.isMethodDeclaration(member) || !member.body) return false;
  const name = member.name.getText(file);
  const [statement, second] = member.body.statements;
  if (!expected.has(name) || second !== undefined) return false;
  if (statement === undefined) return true;
  if (name === "execute") return /^throw new NotImplementedError\(/.test(statement.getText(file));
  return compiler.isReturnStatement(statement) || /^ctx\.log\.\w+\(/.test(statement.getText(file));
}
