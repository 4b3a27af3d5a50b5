// docs/contract-diff.md has every code and every option. UPDATE=1 writes the codes anew.
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { contractCodes } from "../../../src/contract-diff/contract-codes.js";
import { noticedEventKeys } from "../../../src/contract-diff/diff-event-rules.js";
import { unnoticedOptions } from "../../../src/contract-diff/diff-options.js";
import { commandOptions, moduleOptions } from "../../../src/spec/option-table.js";
import { eventFormat } from "../../../src/spec/spec-schema.js";

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

const rowsBetween = (text: string, start: string, end: string): string[] =>
  text
    .slice(text.indexOf(start), text.indexOf(end))
    .split("\n")
    .filter((line) => line.startsWith("| `"));

const namesIn = (row: string): string[] =>
  [...row.split("|")[1]!.matchAll(/`(\w+)`/g)].map((match) => match[1]!);

test("the document has every key of an event, but for its data and what only code and people see", async () => {
  const rows = rowsBetween(await readFile(path, "utf8"), "## Events", "## Options");
  expect(rows.flatMap(namesIn)).toEqual(noticedEventKeys);
  const unnoticed = ["as", "data", "description"];
  expect([...noticedEventKeys, ...unnoticed].sort()).toEqual(
    Object.keys(eventFormat.properties ?? {}).sort(),
  );
});

test("the document has every option once, and those that clients do not notice in the last row", async () => {
  const text = await readFile(path, "utf8");
  const rows = rowsBetween(text, "## Options", "## Codes");
  const names = new Set([...moduleOptions, ...commandOptions].map(({ name }) => name));
  expect(rows.flatMap(namesIn).sort()).toEqual([...names].sort());
  expect(namesIn(rows.at(-1)!).sort()).toEqual([...unnoticedOptions].sort());
});
