import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { escapeControls } from "../../../src/diagnostics/display-text.js";
import type { Tree } from "../../../src/project-files/tree.js";
import { cpuTimeMs } from "../../support/cpu-time.js";
import { treeDiff } from "../../support/tree-diff.js";

const tree = (files: Record<string, string | Uint8Array>): Tree => new Map(Object.entries(files));

describe("changeDiff", () => {
  test("is empty for equal files", () => {
    expect(
      treeDiff(tree({ a: "x\n", b: new Uint8Array([255]) }), tree({ a: "x\n", b: new Uint8Array([255]) })),
    ).toBe("");
  });

  test("shows changed, new and removed files, sorted by path", () => {
    const before = tree({ "src/b.ts": "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "gone.ts": "old\n" });
    const after = tree({ "src/b.ts": "1\n2\n3\n4\nfive\n6\n7\n8\n9\n", "a.ts": "new\n" });
    expect(treeDiff(before, after)).toBe(
      [
        ...["--- /dev/null", "+++ b/a.ts", "@@ -0,0 +1 @@", "+new"],
        ...["--- a/gone.ts", "+++ /dev/null", "@@ -1 +0,0 @@", "-old"],
        ...[
          "--- a/src/b.ts",
          "+++ b/src/b.ts",
          "@@ -2,7 +2,7 @@",
          " 2",
          " 3",
          " 4",
          "-5",
          "+five",
          " 6",
          " 7",
          " 8",
          "",
        ],
      ].join("\n"),
    );
  });

  test("shows a missing newline at the end of the file", () => {
    expect(treeDiff(tree({ a: "x" }), tree({ a: "x\n" }))).toContain(
      "-x\n\\ No newline at end of file\n+x\n",
    );
    expect(treeDiff(tree({}), tree({ a: "x" }))).toContain("+x\n\\ No newline at end of file\n");
  });

  test("shows a carriage return and an escape sequence as escapes on request", () => {
    const shown = treeDiff(tree({ a: "x\n" }), tree({ a: "x\r\n\u001b[2J\n" }), {
      escapeLine: escapeControls,
    });
    expect(shown).toContain("+x\\u000d\n+\\u001b[2J\n");
  });

  test("colours additions green and removals red", () => {
    const shown = treeDiff(tree({ a: "x\n" }), tree({ a: "y\n" }), { isColored: true });
    expect(shown).toContain("\u001b[31m-x\u001b[39m");
    expect(shown).toContain("\u001b[32m+y\u001b[39m");
  });

  test("an empty new file has no hunk", () => {
    expect(treeDiff(tree({}), tree({ a: "" }))).toBe("--- /dev/null\n+++ b/a\n");
  });

  test("escapes a path that would reorder the output", () => {
    const shown = treeDiff(tree({}), tree({ "a\u202e.ts": "x\n" }), { escapeLine: escapeControls });
    expect(shown).toContain("+++ b/a\\u202e.ts\n");
  });

  test("says that binary files differ", () => {
    expect(treeDiff(tree({ a: new Uint8Array([255, 0]) }), tree({ a: "x" }))).toBe(
      "Binary files a/a and b/a differ\n",
    );
  });

  test("compares two large files without a common line in bounded time", async () => {
    const lines = (stem: string) =>
      Array.from({ length: 50_000 }, (_, index) => `${stem}${index}\n`).join("");
    const large = (stem: string) => tree({ a: `same\n${lines(stem)}end\n` });
    const [before, after] = [large("x"), large("y")];
    let shown = "";
    const tookMs = await cpuTimeMs(() => {
      shown = treeDiff(before, after);
    });
    expect(tookMs).toBeLessThan(5_000);
    expect(shown.split("\n").length).toBe(100_004 + 4);
  });

  test("gives a patch for git, whatever the texts", () => {
    const folder = mkdtempSync(join(tmpdir(), "wsgen-diff-"));
    const text = fc
      .array(fc.constantFrom("a\n", "b\n", "c\r\n", "\n", "end"), { maxLength: 30 })
      .map((parts) => parts.join(""));
    const pair = fc
      .tuple(text, text)
      .filter(([before, after]) => before !== "" && after !== "" && before !== after);
    try {
      fc.assert(
        fc.property(pair, ([before, after]) => {
          writeFileSync(join(folder, "f.txt"), before);
          const patch = treeDiff(tree({ "f.txt": before }), tree({ "f.txt": after }));
          execFileSync("git", ["apply", "--whitespace=nowarn", "-"], { cwd: folder, input: patch });
          expect(readFileSync(join(folder, "f.txt"), "utf8")).toBe(after);
        }),
        { numRuns: 60 },
      );
      const path = "deep/new.txt";
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      execFileSync("git", ["apply", "-"], {
        cwd: folder,
        input: treeDiff(tree({}), tree({ [path]: "1\n2\n" })),
      });
      expect(readFileSync(join(folder, path), "utf8")).toBe("1\n2\n");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
