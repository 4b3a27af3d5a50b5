import fc from "fast-check";
import { ts } from "ts-morph";
import { describe, expect, test } from "vitest";
import { applyEdits } from "../../../src/edit/apply-edits.js";
import type { Edit } from "../../../src/edit/edit.js";
import { applySplices } from "../../../src/syntax/splice.js";

const path = "src/chat.module.ts";

const additions: readonly Edit[] = [
  { edit: "add-import", name: "SayCommand", from: "./commands/say.command.js" },
  { edit: "add-list-element", className: "ChatModule", method: "getCommandList", element: "SayCommand" },
  { edit: "add-import", name: "LeaveCommand", from: "./commands/leave.command.js" },
  { edit: "add-list-element", className: "ChatModule", method: "getCommandList", element: "LeaveCommand" },
];

const removals: readonly Edit[] = ["SayCommand", "LeaveCommand"].flatMap((name): Edit[] => [
  { edit: "remove-list-element", className: "ChatModule", method: "getCommandList", element: name },
  { edit: "remove-import", name },
]);

/** A module as tokens; trivia of every kind is put between them. */
const moduleTokens = (list: string): string[] =>
  [
    `import { PingCommand } from "./commands/ping.command.js" ;`,
    `export class ChatModule implements IWebsocket {`,
    `getModuleFlag ( ) { return "chat" ; }`,
    `getCommandList ( ) { return ${list} ; }`,
    `getServerPort ( ) { return 10099 ; } }`,
  ].flatMap((line) => line.split(" "));

const lists = fc.constantFrom(
  "[ ]",
  "[ new PingCommand ( ) ]",
  "[ new PingCommand ( ) , ]",
  "[ new PingCommand ( ) , ...more , new OtherCommand ( { } ) ]",
  "[ new PingCommand ( ) , wrap ( new OtherCommand ( ) ) , ]",
);

const inline = fc.constantFrom(" ", "  ", "\t", " /* é, ] */ ", "/**/ ");
const broken = fc.constantFrom("\n", "\n\n  ", " // a, [ comment\n", "\n/* one\n   two */\n", "\n\t\t");
const opens = /[,[({;]$/;

/** The tokens with random trivia between them; lines end only where they cannot end a statement. */
function withTrivia(
  tokens: readonly string[],
  seeds: readonly { isLine: boolean; inline: string; line: string }[],
): string {
  return tokens
    .map((token, index) => {
      const seed = seeds[index % seeds.length]!;
      const next = tokens[index + 1] ?? "";
      const mayBreak = opens.test(token) || /^[\])}]/.test(next);
      return token + (seed.isLine && mayBreak ? seed.line : seed.inline);
    })
    .join("");
}

const seeds = fc.array(fc.record({ isLine: fc.boolean(), inline, line: broken }), {
  minLength: 3,
  maxLength: 40,
});
const files = fc
  .record({ list: lists, seeds, isWindows: fc.boolean(), hasMark: fc.boolean(), hasEnd: fc.boolean() })
  .map(({ list, seeds, isWindows, hasMark, hasEnd }) => {
    const text = `${withTrivia(moduleTokens(list), seeds)}${hasEnd ? "\n" : ""}`;
    return (hasMark ? "\uFEFF" : "") + (isWindows ? text.replaceAll("\n", "\r\n") : text);
  });

interface Scanned {
  readonly tokens: readonly string[];
  readonly comments: readonly string[];
}

function scan(text: string): Scanned {
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, false, ts.LanguageVariant.Standard, text);
  const [tokens, comments]: [string[], string[]] = [[], []];
  for (let kind = scanner.scan(); kind !== ts.SyntaxKind.EndOfFileToken; kind = scanner.scan()) {
    const isComment =
      kind === ts.SyntaxKind.SingleLineCommentTrivia || kind === ts.SyntaxKind.MultiLineCommentTrivia;
    if (isComment) comments.push(scanner.getTokenText());
    else if (kind > ts.SyntaxKind.LastTriviaToken) tokens.push(scanner.getTokenText());
  }
  return { tokens, comments };
}

/** Tokens without the comma behind a last element, which follows the style of the list. */
const meaning = (text: string): string => scan(text).tokens.join(" ").replaceAll(", ]", "]");

function isSubsequence(part: string, whole: string): boolean {
  let position = 0;
  for (const char of part) {
    position = whole.indexOf(char, position) + 1;
    if (position === 0) return false;
  }
  return true;
}

const edited = async (text: string, edits: readonly Edit[]): Promise<string> => {
  const { value, diagnostics } = await applyEdits({ path, text }, edits);
  expect(diagnostics).toEqual([]);
  return value!;
};

describe("applyEdits", () => {
  test("additions keep every character of the file, in order, and every comment", async () => {
    await fc.assert(
      fc.asyncProperty(files, async (text) => {
        const result = await edited(text, additions);
        // White space that is alone between brackets is replaced with them.
        expect(isSubsequence(text.replace(/\[\s+\]/, "[]"), result)).toBe(true);
        expect(scan(result).comments).toEqual(scan(text).comments);
      }),
      { numRuns: 300 },
    );
  });

  test("trivia does not change what an edit does", async () => {
    await fc.assert(
      fc.asyncProperty(lists, seeds, async (list, trivia) => {
        const plain = await edited(moduleTokens(list).join(" "), additions);
        const decorated = await edited(withTrivia(moduleTokens(list), trivia), additions);
        expect(meaning(decorated)).toBe(meaning(plain));
      }),
      { numRuns: 300 },
    );
  });

  test("line ends are those of the file, and twice equals once", async () => {
    await fc.assert(
      fc.asyncProperty(files, async (text) => {
        const result = await edited(text, additions);
        const added = result.split("\n").length - text.split("\n").length;
        const addedWindows = result.split("\r\n").length - text.split("\r\n").length;
        expect(addedWindows).toBe(text.includes("\r\n") ? added : 0);
        expect(await edited(result, additions)).toBe(result);
      }),
      { numRuns: 200 },
    );
  });

  test("removing what was added restores the code and its comments", async () => {
    await fc.assert(
      fc.asyncProperty(files, async (text) => {
        const back = await edited(await edited(text, additions), removals);
        expect(meaning(back)).toBe(meaning(text));
        expect(scan(back).comments).toEqual(scan(text).comments);
      }),
      { numRuns: 200 },
    );
  });

  test("set-literal writes any value so that it reads back", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: "binary" }),
        fc.array(fc.string()),
        files,
        async (flag, urls, text) => {
          const edits: Edit[] = [
            { edit: "set-literal", className: "ChatModule", method: "getModuleFlag", value: flag },
          ];
          const result = await edited(text, edits);
          expect(await edited(result, edits)).toBe(result);
          const file = ts.createSourceFile(path, result, ts.ScriptTarget.Latest, true);
          const found: string[] = [];
          const visit = (node: ts.Node): void => {
            if (ts.isReturnStatement(node) && node.expression && ts.isStringLiteral(node.expression))
              found.push(node.expression.text);
            ts.forEachChild(node, visit);
          };
          visit(file);
          expect(found).toEqual([flag]);
          const list: Edit[] = [{ edit: "set-literal", className: "M", method: "handshakeURL", value: urls }];
          const module = `class M { handshakeURL() { return [ 'ws', // plain\n 'a' ]; } }`;
          const listed = await edited(module, list);
          expect(await edited(listed, list)).toBe(listed);
        },
      ),
      { numRuns: 200 },
    );
  });
});

test("applySplices: leaves the text around the splices unchanged", () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.array(fc.tuple(fc.nat(50), fc.nat(5), fc.string({ maxLength: 5 })), { maxLength: 8 }),
      (text, raw) => {
        let end = 0;
        const splices = raw
          .map(([start, length, inserted]) => ({
            start: Math.min(start, text.length),
            length,
            text: inserted,
          }))
          .sort((a, b) => a.start - b.start)
          .map(({ start, length, text: inserted }) => {
            const from = Math.max(start, end);
            end = Math.min(from + length, text.length);
            return {
              start: Math.min(from, text.length),
              end: Math.max(end, Math.min(from, text.length)),
              text: inserted,
            };
          });
        const kept = splices.map((splice, index) => text.slice(splices[index - 1]?.end ?? 0, splice.start));
        const expected =
          kept.map((part, index) => part + splices[index]!.text).join("") +
          text.slice(splices.at(-1)?.end ?? 0);
        expect(applySplices(text, splices)).toBe(expected);
      },
    ),
  );
});
