// docs/contract-diff.md has every code and every option. UPDATE=1 writes the codes anew.
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { contractCodes } from "../../../src/contract-diff/contract-codes.js";
import { unnoticedOptions } from "../../../src/contract-diff/diff-options.js";
import { commandOptions, moduleOptions } from "../../../src/spec/option-table.js";

const path = fileURLToPath(new URL("../../../docs/contract-diff.md", import.meta.url));
const head = "| code | breaks | meaning |\n| --- | --- | --- |\n";

test("the document has every code with its meaning", async () => {
  const text = await readFile(path, "utf8");
  const start = text.indexOf(head) + head.length;
  const end = text.indexOf("\n\n", start - 1);
  const rows = [...contractCodes].map(
    ([code, { breaks, meaning }]) => `| \`${code}\` | ${breaks} | ${meaning} |`,
  );
  if (process.env.UPDATE === "1")
    await writeFile(path, `${text.slice(0, start)}${rows.join("\n")}\n${text.slice(end + 1)}`);
  else expect(text.slice(start, end).split("\n")).toEqual(rows);
});

test("the document has every option once, and those that clients do not notice in the last row", async () => {
  const text = await readFile(path, "utf8");
  const section = text.slice(text.indexOf("## Options"), text.indexOf("## Codes"));
  const rows = section.split("\n").filter((line) => line.startsWith("| `"));
  const namesIn = (row: string): string[] =>
    [...row.split("|")[1]!.matchAll(/`(\w+)`/g)].map((match) => match[1]!);
  const names = new Set([...moduleOptions, ...commandOptions].map(({ name }) => name));
  expect(rows.flatMap(namesIn).sort()).toEqual([...names].sort());
  expect(namesIn(rows.at(-1)!).sort()).toEqual([...unnoticedOptions].sort());
});
