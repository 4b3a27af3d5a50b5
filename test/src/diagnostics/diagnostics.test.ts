import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Diagnostic } from "../../../src/diagnostics/diagnostic.js";
import { diagnosticToJson, printDiagnostic } from "../../../src/diagnostics/print.js";
import { addExcerpts, SourceText } from "../../../src/diagnostics/source-text.js";
import { suggest, suggestAll } from "../../../src/diagnostics/suggest.js";

const at = (column: number, length: number) => ({ file: "wsgen.yaml", line: 12, column, length });
const print = (diagnostic: Partial<Diagnostic>): string =>
  printDiagnostic(
    { code: "unknown-key", severity: "warning", message: "unknown key", ...diagnostic } as Diagnostic,
    { color: false },
  );

describe("printDiagnostic", () => {
  test("shows place, message, code, the line with a caret, and the fix", () => {
    expect(print({ at: at(5, 4), excerpt: "    prot: 1", fix: "rename it to 'port'" })).toBe(
      [
        "wsgen.yaml:12:5 warning unknown key [unknown-key]",
        "      prot: 1",
        "      ^^^^",
        "  fix: rename it to 'port'",
      ].join("\n"),
    );
  });

  test("works without a place", () => expect(print({})).toBe("warning unknown key [unknown-key]"));

  test.each([
    { name: "tabs", given: { excerpt: "\t\tprot: 1", column: 3, length: 4 }, want: "  \t\t^^^^" },
    {
      name: "wide characters before",
      given: { excerpt: "获取: prot", column: 5, length: 4 },
      want: `  ${" ".repeat(6)}^^^^`,
    },
    {
      name: "wide characters marked",
      given: { excerpt: "a: 获取", column: 4, length: 2 },
      want: "     ^^^^",
    },
    { name: "combining marks", given: { excerpt: "e\u0301: x", column: 5, length: 1 }, want: "     ^" },
    { name: "emoji", given: { excerpt: "😀: x", column: 5, length: 1 }, want: "      ^" },
    { name: "the end of the line", given: { excerpt: "a: [", column: 5, length: 1 }, want: "      ^" },
    {
      name: "escaped characters",
      given: { excerpt: "a\u001b: x", column: 5, length: 1 },
      want: `  ${" ".repeat(9)}^`,
    },
  ])("puts the caret below its place: $name", ({ given: { excerpt, column, length }, want }) => {
    expect(print({ at: at(column, length), excerpt }).split("\n")[2]).toBe(want);
  });

  test("shows a window of a long line", () => {
    const [, line = "", caret = ""] = print({
      at: at(501, 3),
      excerpt: `${"a".repeat(500)}xyz${"b".repeat(500)}`,
    }).split("\n");
    expect(line.length).toBeLessThan(130);
    expect(line.slice(caret.indexOf("^"), caret.lastIndexOf("^") + 1)).toBe("xyz");
  });

  test("colours on request only", () => {
    expect(printDiagnostic({ code: "locked", severity: "note", message: "x" }, { color: true })).toContain(
      "\u001b[36mnote",
    );
  });

  test("escapes every character that controls a terminal", () => {
    const text = fc.string({ unit: "binary", maxLength: 300 });
    fc.assert(
      fc.property(text, text, text, fc.nat(300), fc.nat(300), (file, message, excerpt, column, length) => {
        const printed = print({
          at: { file, line: 1, column: column + 1, length: length + 1 },
          message,
          excerpt,
          fix: message,
        });
        expect(printed).not.toMatch(
          /[\u00ad\u200b\u200c\u2060\u3164\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/,
        );
        // Three lines, and those of the fix, which may be code, each indented.
        expect(
          printed
            .split("\n")
            .slice(3)
            .every((line) => line.startsWith("  ")),
        ).toBe(true);
        expect(printed.split("\n").length).toBeLessThanOrEqual(3 + message.split("\n").length);
      }),
    );
  });
});

test.each([
  { given: "name 'cha\u200bt'", want: String.raw`name 'cha\u200bt'` },
  { given: "name 'cha\u{e0041}t'", want: String.raw`name 'cha\u{e0041}t'` },
  { given: "name 'a\ufe0f\u3164'", want: String.raw`name 'a\ufe0f\u3164'` },
  { given: "❤️ 👩‍🚀", want: "❤️ 👩‍🚀" },
  { given: `"${"a".repeat(5_000)}" b`, want: `"${"a".repeat(99)}…${"a".repeat(19)}" b` },
  { given: `'${"a ".repeat(2_500)}' b`, want: `'${"a ".repeat(49)}a…${"a ".repeat(10).slice(1)}' b` },
])("printDiagnostic: shortens the message $given", ({ given, want }) => {
  expect(print({ message: given })).toBe(`warning ${want} [unknown-key]`);
});

test("Diagnostic: an error without a fix does not compile", () => {
  // @ts-expect-error an error says what to do
  const error: Diagnostic = { code: "locked", severity: "error", message: "m" };
  expect(print(error)).not.toContain("fix:");
});

test("diagnosticToJson: has its keys in a fixed order", () => {
  const diagnostic: Diagnostic = {
    excerpt: "x",
    at: at(1, 2),
    message: "m",
    severity: "error",
    fix: "f",
    code: "locked",
  };
  expect(JSON.stringify(diagnosticToJson(diagnostic))).toBe(
    '{"code":"locked","severity":"error","message":"m","fix":"f","at":{"file":"wsgen.yaml","line":12,"column":1,"length":2},"excerpt":"x"}',
  );
});

describe("SourceText", () => {
  const source = new SourceText("f", "ab\r\n\ncde");

  test.each([
    { given: { start: 0, end: 1 }, want: { line: 1, column: 1, length: 1 } },
    { given: { start: 1, end: 2 }, want: { line: 1, column: 2, length: 1 } },
    { given: { start: 0, end: 7 }, want: { line: 1, column: 1, length: 2 } },
    { given: { start: 4, end: 4 }, want: { line: 2, column: 1, length: 1 } },
    { given: { start: 5, end: 8 }, want: { line: 3, column: 1, length: 3 } },
    { given: { start: 8, end: 8 }, want: { line: 3, column: 4, length: 1 } },
  ])("locates the span $given", ({ given, want }) => {
    expect(source.locate(given)).toEqual({ file: "f", ...want });
  });

  test("returns lines without their ends", () => {
    expect([1, 2, 3, 4].map((line) => source.line(line))).toEqual(["ab", "", "cde", ""]);
  });

  test("adds excerpts to diagnostics of its file", () => {
    const of = (file: string): Diagnostic => ({
      code: "locked",
      severity: "error",
      message: "m",
      fix: "f",
      at: { file, line: 3, column: 1, length: 1 },
    });
    expect(addExcerpts([of("f"), of("g")], [source]).map(({ excerpt }) => excerpt)).toEqual([
      "cde",
      undefined,
    ]);
  });
});

test("suggestAll: every near word, the nearest first", () => {
  expect(suggestAll("comands", ["events", "command", "commands", "demands"])).toEqual([
    "commands",
    "command",
    "demands",
  ]);
});

describe("suggest", () => {
  test.each([
    ["prot", "port"],
    ["Port", "port"],
    ["descripton", "description"],
    ["url", "urls"],
    ["maxMesageSize", "maxMessageSize"],
    ["modul", "modules"],
    ["zzz", undefined],
    ["x", undefined],
  ])("for %s", (word, meant) => {
    expect(
      suggest(word, ["port", "urls", "modules", "description", "maxMessageSize", "maxMessageBufferSize"]),
    ).toBe(meant);
  });
});
