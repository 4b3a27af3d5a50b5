// The rules of wording for code that people read; CONTRIBUTING.md names this test.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ts } from "ts-morph";
import { expect, test } from "vitest";
import { diagnosticCodes } from "../../../src/diagnostics/diagnostic.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Words of a story, where the thing has a name of its own. */
const storyWords = /\b(told|whom|whoever|somebody|nobody|bears?|of ours)\b/i;

/** The text of older versions, which the code still recognises. */
const quotes = ["An established connection has ended, whoever ended it."];

const linesOf = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => /\.(ts|hbs)$/.test(path))
    .flatMap((path) =>
      readFileSync(join(root, folder, path), "utf8")
        .split("\n")
        .map((line, index) => `${folder}/${path}:${index + 1} ${line.trim()}`),
    );

test.each(["src", "runtime/src", "templates"])("%s names things and does not tell stories", (folder) => {
  const lines = linesOf(folder);
  expect(lines.length).toBeGreaterThan(400);
  expect(
    lines.filter((line) => storyWords.test(line) && !quotes.some((quote) => line.includes(quote))),
  ).toEqual([]);
});

test("the titles of test/runtime name things, too", () => {
  const titles = linesOf("test/runtime").filter((line) =>
    /\b(?:test|it|describe)(?:\.\w+)*\(["'`]/.test(line),
  );
  expect(titles.length).toBeGreaterThan(400);
  expect(titles.filter((line) => storyWords.test(line) || /\bis none\b/.test(line))).toEqual([]);
});

/**
 * The texts of the messages and fixes in a file, with `…` for values: of properties and variables with these names, and of
 * the arguments behind the code of a diagnostic.
 */
function messagesIn(path: string): { readonly where: string; readonly text: string }[] {
  const source = readFileSync(join(root, path), "utf8");
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true);
  const found: { where: string; text: string }[] = [];
  const visit = (node: ts.Node): void => {
    const { line } = file.getLineAndCharacterOfPosition(node.getStart());
    for (const text of expressionsOf(node).flatMap(textsOf))
      found.push({ where: `${path}:${line + 1}`, text });
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function expressionsOf(node: ts.Node): readonly ts.Expression[] {
  if (ts.isCallExpression(node)) {
    const [code, ...others] = node.arguments;
    return code !== undefined && ts.isStringLiteral(code) && code.text in diagnosticCodes ? others : [];
  }
  const isNamed = ts.isPropertyAssignment(node) || ts.isVariableDeclaration(node);
  return isNamed && /^(message|fix)$/.test(node.name.getText()) && node.initializer ? [node.initializer] : [];
}

/** The text of a string, a template, or of each branch of a condition. Names in JSON are `"…"`. */
function textsOf(node: ts.Expression): readonly string[] {
  if (ts.isConditionalExpression(node)) return [...textsOf(node.whenTrue), ...textsOf(node.whenFalse)];
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (!ts.isTemplateExpression(node)) return [];
  const spans = node.templateSpans.map(({ expression, literal }) =>
    /^JSON\.stringify\((?!.*value\)$)/i.test(expression.getText())
      ? `"…"${literal.text}`
      : `…${literal.text}`,
  );
  return [node.head.text + spans.join("")];
}

/**
 * A message begins with a capital letter and ends with a full stop. A text that begins with a lower-case letter is a part of
 * a sentence. A command or code to type is in backticks; a name is in single quotes.
 */
test("messages of src are sentences, with names in single quotes and commands in backticks", () => {
  const paths = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" });
  const texts = paths.filter((path) => path.endsWith(".ts")).flatMap((path) => messagesIn(`src/${path}`));
  expect(texts.length).toBeGreaterThan(100);
  const isEnded = (text: string): boolean => !/^[\p{Lu}'`]/u.test(text) || /[.?…]$/.test(text);
  const hasBareCommand = (text: string): boolean => /^npx |(?<!`)npx wsgen/.test(text);
  const withoutCode = (text: string): string => text.replace(/`[^`]*`/g, "");
  expect(
    texts.filter(({ text }) => !isEnded(text) || hasBareCommand(text) || /"…"/.test(withoutCode(text))),
  ).toEqual([]);
});
