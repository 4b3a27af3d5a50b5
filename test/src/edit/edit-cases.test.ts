import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { Diagnostic } from "../../../src/diagnostics/diagnostic.js";
import { applyEdits } from "../../../src/edit/apply-edits.js";
import type { Edit } from "../../../src/edit/edit.js";

/** UPDATE=1 writes what the code does into the cases; read the difference before committing it. */
const isUpdate = process.env.UPDATE === "1";
const cases = fileURLToPath(new URL("../../edit/cases/", import.meta.url));

describe.each(readdirSync(cases))("%s", (group) => {
  for (const name of readdirSync(`${cases}${group}`))
    test(name.replaceAll("-", " "), () => runCase(`${cases}${group}/${name}/`));
});

/** A case has `expected.ts` when the edits apply, and `diagnostics.txt` when something is reported. */
async function runCase(folder: string): Promise<void> {
  const edits = JSON.parse(readFileSync(`${folder}edits.json`, "utf8")) as Edit[];
  const input = readFileSync(`${folder}input.ts`, "utf8");
  const outcome = await applyEdits({ path: "src/chat.module.ts", text: input }, edits);
  compare(`${folder}expected.ts`, outcome.value);
  compare(`${folder}diagnostics.txt`, outcome.diagnostics.map(printed).join("") || undefined);
  if (outcome.value === undefined) return;
  const again = await applyEdits({ path: "src/chat.module.ts", text: outcome.value }, edits);
  expect(again.value).toBe(outcome.value);
}

function compare(file: string, actual: string | undefined): void {
  if (isUpdate && actual !== undefined) writeFileSync(file, actual);
  if (isUpdate && actual === undefined) rmSync(file, { force: true });
  expect(actual).toBe(existsSync(file) ? readFileSync(file, "utf8") : undefined);
}

function printed({ at, severity, code, message, fix }: Diagnostic): string {
  return `${at?.file}:${at?.line}:${at?.column} ${severity} ${code} ${message}\n${fix ? `${fix}\n` : ""}`;
}
