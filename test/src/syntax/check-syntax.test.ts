import { describe, expect, test } from "vitest";
import { findSyntaxErrors } from "../../../src/syntax/parse-source.js";

describe("syntaxErrorsIn", () => {
  test("code that parses has no errors", () => {
    expect(
      findSyntaxErrors("a.ts", "#!/usr/bin/env node\nexport const a: number = 1 satisfies number;\n"),
    ).toEqual([]);
  });

  test("an error has its place, its line and a message", () => {
    expect(findSyntaxErrors("src/a.ts", "const a = 1;\n  const a b = 2;\n")).toEqual([
      {
        code: "source-syntax",
        severity: "error",
        message: "',' expected.",
        fix: "Fix the syntax of this file, then run the command again.",
        at: { file: "src/a.ts", line: 2, column: 11, length: 1 },
        excerpt: "  const a b = 2;",
      },
    ]);
  });

  test("a byte-order mark and a CR do not count", () => {
    const [error] = findSyntaxErrors("a.ts", "\uFEFFconst = 2;\r\n");
    expect(error).toMatchObject({ at: { line: 1, column: 7 }, excerpt: "const = 2;" });
  });

  test("the extension selects JSX and JavaScript", () => {
    expect(findSyntaxErrors("a.tsx", "const a = <b />;")).toEqual([]);
    expect(findSyntaxErrors("a.ts", "const a = <b />;").length).toBeGreaterThan(0);
    expect(findSyntaxErrors("a.mjs", "const a = 1;")).toEqual([]);
  });
});
