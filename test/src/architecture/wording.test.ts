// The rules of wording for code that people read; CONTRIBUTING.md names this test.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

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
