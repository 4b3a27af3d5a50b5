// What the compiler refuses in a project: the board example with one more module. All wrong uses are compiled at once, beside the
// same uses without the mistake. Then the spec changes, and the project is compiled once more.
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type BuiltExample, buildExample } from "../support/build-example.js";
import { compileProject } from "../support/compile-project.js";
import { runMain } from "../support/run-main.js";
import { imports, moduleLab, specChanges, wrongUses } from "./wrong-uses.js";

let project: BuiltExample;
const read = (path: string): Promise<string> => readFile(join(project.folder, path), "utf8");

/** The errors of the compiler, by `src/wrong.ts:3`. */
async function findErrors(): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const [text, file, line] of (await compileProject(project.folder)).matchAll(
    /^(\S+)\((\d+),\d+\): error.*$/gm,
  )) {
    const place = `${file}:${line}`;
    found.set(place, `${found.get(place) ?? ""}${text}\n`);
  }
  return found;
}

/** One line for each use, in its wrong or its right form. */
const writeUses = (form: "wrong" | "right"): string =>
  imports +
  wrongUses
    .map(({ use }) => use.replace(/\{\{(.*?)\|\|(.*?)\}\}(?!\})/g, form === "wrong" ? "$1" : "$2"))
    .map((use, index) => `export const use${index} = ${use};\n`)
    .join("");
const firstLine = imports.split("\n").length;

let errors: ReadonlyMap<string, string>;
beforeAll(async () => {
  project = await buildExample("board", (spec) => spec + moduleLab);
  for (const form of ["wrong", "right"] as const)
    await writeFile(join(project.folder, `src/${form}.ts`), writeUses(form));
  errors = await findErrors();
});
afterAll(() => project?.[Symbol.asyncDispose]());

const lines = wrongUses.map((row, index) => ({ ...row, line: firstLine + index }));

describe.each([...new Set(wrongUses.map(({ about }) => about))])("%s", (about) => {
  const rows = lines.filter((row) => row.about === about).map((row) => [row.use, row] as const);
  test.each(rows)("%s", (_, { line, code }) => {
    expect(errors.get(`src/right.ts:${line}`)).toBeUndefined();
    expect(errors.get(`src/wrong.ts:${line}`)).toContain(`error TS${code}:`);
  });
});

test("no other line has an error, and there are at least 40 different uses", () => {
  const places = new Set(lines.map(({ line }) => `src/wrong.ts:${line}`));
  expect([...errors].filter(([place]) => !places.has(place))).toEqual([]);
  expect(new Set(wrongUses.map(({ use }) => use)).size).toBe(wrongUses.length);
  expect(wrongUses.length).toBeGreaterThanOrEqual(40);
});

describe("a change of the spec is an error at each line that it makes wrong", () => {
  let later: ReadonlyMap<string, string>;
  beforeAll(async () => {
    await rm(join(project.folder, "src/wrong.ts"));
    const edits = specChanges.flatMap((change) => change.edits);
    let spec =
      (await readFile(new URL("../../examples/board/wsgen.yaml", import.meta.url), "utf8")) + moduleLab;
    for (const [from, to] of edits) {
      expect(spec).toContain(from);
      spec = spec.replace(from, () => to);
    }
    await writeFile(join(project.folder, "wsgen.yaml"), spec);
    const { code, err } = await runMain(project.folder, ["generate", "--prune", "--force"]);
    expect(code, err).toBe(0);
    later = await findErrors();
  });

  const rows = specChanges.flatMap(({ about, breaks }) => breaks.map((row) => [about, ...row] as const));
  test.each(rows)("%s: %s: %s", async (_, file, part, code) => {
    const text = await read(file);
    expect(text).toContain(part);
    const line = text.slice(0, text.indexOf(part)).split("\n").length;
    expect(errors.get(`${file}:${line}`)).toBeUndefined();
    expect(later.get(`${file}:${line}`)).toContain(`error TS${code}:`);
  });
});
