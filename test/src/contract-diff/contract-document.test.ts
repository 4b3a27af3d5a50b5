// docs/contract-diff.md has every code and every option. UPDATE=1 writes both anew.
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { contractCodes } from "../../../src/contract-diff/contract-codes.js";
import { comparedEventKeys } from "../../../src/contract-diff/diff-event-rules.js";
import { commandOptions, moduleOptions, type OptionFormat } from "../../../src/spec-file/option-table.js";
import { eventFormat, specSchema } from "../../../src/spec-file/spec-schema.js";

const path = fileURLToPath(new URL("../../../docs/contract-diff.md", import.meta.url));

/** The rows below `head`; with UPDATE=1 they become `rows` first. */
async function replaceRows(head: string, rows: readonly string[]): Promise<string[]> {
  const text = await readFile(path, "utf8");
  const start = text.indexOf(head) + head.length;
  const end = text.indexOf("\n\n", start - 1);
  if (process.env.UPDATE !== "1") return text.slice(start, end).split("\n");
  await writeFile(path, `${text.slice(0, start)}${rows.join("\n")}\n${text.slice(end + 1)}`);
  return [...rows];
}

test("contractCodes: the document has every code with its meaning", async () => {
  const rows = [...contractCodes].map(
    ([code, { breaks, meaning }]) => `| \`${code}\` | ${breaks} | ${meaning} |`,
  );
  expect(await replaceRows("| code | breaks | meaning |\n| --- | --- | --- |\n", rows)).toEqual(rows);
});

const rowsBetween = (text: string, start: string, end: string): string[] =>
  text
    .slice(text.indexOf(start), text.indexOf(end))
    .split("\n")
    .filter((line) => line.startsWith("| `"));

const namesIn = (row: string): string[] =>
  [...row.split("|")[1]!.matchAll(/`(\w+)`/g)].map((match) => match[1]!);

test("comparedEventKeys: the document has every key of an event that clients notice", async () => {
  const rows = rowsBetween(await readFile(path, "utf8"), "## Events", "## Errors");
  expect(rows.flatMap(namesIn)).toEqual(comparedEventKeys);
  const unnoticed = ["as", "data", "description"];
  expect([...comparedEventKeys, ...unnoticed].sort()).toEqual(
    Object.keys(eventFormat.properties ?? {}).sort(),
  );
});

test("diffErrors: the document has every key of an error that clients notice", async () => {
  const rows = rowsBetween(await readFile(path, "utf8"), "## Errors", "## Options");
  expect([...rows.flatMap(namesIn), "as", "description"].sort()).toEqual(
    Object.keys(specSchema.definitions.error?.properties ?? {}).sort(),
  );
});

const consequenceOf = ({ change }: OptionFormat): string => {
  if (change === "unnoticed") return "nothing: clients do not notice";
  if ("limit" in change) return "a lower limit";
  if ("fixed" in change) return "every change";
  if ("sent" in change) return "switching it off";
  return "members" in change ? "removing one" : change.own;
};

test("diffModuleOptions: the document has every option once, and unnoticed options in the last row", async () => {
  const names = new Map<string, Set<string>>();
  for (const option of [...moduleOptions, ...commandOptions]) {
    const what = consequenceOf(option);
    names.set(what, (names.get(what) ?? new Set()).add(`\`${option.name}\``));
  }
  const rows = [...names]
    .sort(([one], [other]) => Number(one.startsWith("nothing")) - Number(other.startsWith("nothing")))
    .map(([what, options]) => `| ${[...options].join(", ")} | ${what} |`);
  expect(await replaceRows("| option | what breaks |\n| --- | --- |\n", rows)).toEqual(rows);
});
