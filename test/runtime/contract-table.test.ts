// docs/contract.md and docs/security.md against the code and against the tests that they name.
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { ErrorCode } from "../../runtime/src/errors.js";
import { commandOptions, moduleOptions } from "../../runtime/src/options.js";

const read = (path: string): string => readFileSync(fileURLToPath(new URL(path, import.meta.url)), "utf8");

interface Row {
  readonly what: string;
  readonly proofs: readonly { readonly file: string; readonly title: string }[];
}

/** The rows of all tables whose last column says what proves them. */
function readRows(document: string): Row[] {
  const lines = document.split("\n").filter((line) => line.startsWith("| "));
  const cells = lines.map((line) => line.slice(2, -2).split(" | "));
  return cells
    .filter(
      ([first, second]) => second !== undefined && first !== "---" && !/^(what|who|where)$/.test(first ?? ""),
    )
    .map((row) => ({ what: row[0] ?? "", proofs: readProofs(row.at(-1) ?? "") }));
}

const readProofs = (cell: string): Row["proofs"] =>
  [...cell.matchAll(/`([\w./-]+\.test\.ts)` "([^"]+)"/g)].map(([, file = "", title = ""]) => ({
    file,
    title,
  }));

/** Does this title stand there as one: the first argument of a call, or the first entry of a row of `test.each`? */
function hasTitle(source: string, title: string): boolean {
  const literal = title.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`[([]\\s*(["'\`])${literal}\\1`).test(source);
}

const documents = ["contract", "security"].map(
  (name) => [name, readRows(read(`../../docs/${name}.md`))] as const,
);
const contract = documents[0]?.[1] ?? [];

describe.each(documents)("docs/%s.md", (_name, rows) => {
  test("has a proof in every row", () => {
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.filter(({ proofs }) => proofs.length === 0)).toEqual([]);
  });

  test("names tests that exist", () => {
    const missing = rows
      .flatMap(({ proofs }) => proofs)
      .filter(({ file, title }) => {
        const path = `../${file}`;
        return !existsSync(fileURLToPath(new URL(path, import.meta.url))) || !hasTitle(read(path), title);
      });
    expect(missing).toEqual([]);
  });
});

const names = new Set(contract.flatMap(({ what }) => [...what.matchAll(/`(\w+)/g)].map(([, name]) => name)));
const missingOf = (wanted: Iterable<string>): string[] => [...wanted].filter((name) => !names.has(name));

describe("no row of the contract is missing", () => {
  test.each([
    ["the options of a module", moduleOptions],
    ["the options of a command", commandOptions],
  ])("%s, each with its functions", (_title, rules) => {
    const functions = Object.values(rules).flatMap(({ setter: [name] }) => name);
    expect(missingOf([...Object.keys(rules), ...functions])).toEqual([]);
  });

  test.each(["IWebsocket", "ICommand", "WSContext", "CommandContext"])("the members of %s", (name) => {
    const source = read("../../runtime/src/contract.ts");
    const body = new RegExp(`export interface ${name}\\b[^{]*\\{([\\s\\S]*?)\\n\\}`).exec(source)?.[1] ?? "";
    const members = [...body.matchAll(/^ {2}(?:readonly )?(\w+)[<(?:]/gm)].map(([, member = ""]) => member);
    expect(members.length).toBeGreaterThan(2);
    expect(missingOf(members)).toEqual([]);
  });

  test("the error codes", () => {
    expect(missingOf(Object.values(ErrorCode))).toEqual([]);
  });
});
