import { describe, expect, test } from "vitest";
import { checkSyntax } from "../../../src/syntax/parse-source.js";

describe("checking the syntax of a text", () => {
  test("code that parses has no errors", async () => {
    expect(
      await checkSyntax("a.ts", "#!/usr/bin/env node\nexport const a: number = 1 satisfies number;\n"),
    ).toEqual([]);
    expect(await checkSyntax("tsconfig.json", '{ "a": [1] /* why */ }\n')).toEqual([]);
    expect(await checkSyntax("README.md", "const = [")).toEqual([]);
  });

  test("an error has its place, the line and what is wrong", async () => {
    expect(await checkSyntax("src/a.ts", "const a = 1;\n  const a b = 2;\n")).toEqual([
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

  test("a byte-order mark and a CR are neither column nor text", async () => {
    const [error] = await checkSyntax("a.ts", "\uFEFFconst = 2;\r\n");
    expect(error).toMatchObject({ at: { line: 1, column: 7 }, excerpt: "const = 2;" });
  });

  test("JSON is checked as JSON", async () => {
    expect(await checkSyntax("package.json", '{ "name": }')).toMatchObject([
      { code: "source-syntax", at: { line: 1 } },
    ]);
  });

  test("JSX and JavaScript are known by their extension", async () => {
    expect(await checkSyntax("a.tsx", "const a = <b />;")).toEqual([]);
    expect((await checkSyntax("a.ts", "const a = <b />;")).length).toBeGreaterThan(0);
    expect(await checkSyntax("a.mjs", "const a = 1;")).toEqual([]);
  });
});
