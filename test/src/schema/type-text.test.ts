import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { printTypeDeclaration } from "../../../src/schema/type-text.js";

const zoo = fileURLToPath(new URL("zoo/", import.meta.url));
const tsc = fileURLToPath(new URL("../../../node_modules/.bin/tsc", import.meta.url));
const names = readdirSync(zoo)
  .filter((file) => file.endsWith(".json"))
  .map((file) => file.slice(0, -".json".length));

const shared = 'import type { Message } from "../message.js";\n';

function print(name: string): string {
  const { schema, ...rest } = JSON.parse(readFileSync(join(zoo, `${name}.json`), "utf8"));
  const refs = (pointer: string) => (pointer === "#/schemas/Message" ? "Message" : undefined);
  const text = printTypeDeclaration({ ...rest, schema, refs });
  return text.includes("Message") ? `${shared}\n${text}` : text;
}

describe("printTypeDeclaration: the schema zoo", () => {
  const folder = mkdtempSync(join(tmpdir(), "wsgen-zoo-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(names)("the types of %s read as if written by hand", async (name) => {
    await expect(print(name)).toMatchFileSnapshot(join(zoo, `${name}.gen.ts`));
  });

  it("has a schema for each expectation", () => {
    const expected = readdirSync(zoo).filter((file) => file.endsWith(".gen.ts"));
    expect(expected.map((file) => file.slice(0, -".gen.ts".length)).sort()).toEqual([...names].sort());
  });

  it("compiles under strict, with and without exactOptionalPropertyTypes", () => {
    for (const name of names) {
      writeFileSync(join(folder, `${name}.ts`), print(name).replace("../message.js", "./message.js"));
    }
    writeFileSync(
      join(folder, "message.ts"),
      "export interface Message { room: string; editedAt?: string | undefined }\n",
    );
    const strict = ["--strict", "--noEmit", "--target", "es2023", "--module", "nodenext"];
    const flags = ["--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess", "--verbatimModuleSyntax"];
    const files = readdirSync(folder);
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    for (const options of [strict, [...strict, ...flags]]) {
      const { stdout, status } = spawnSync(tsc, [...options, ...files], { cwd: folder, encoding: "utf8" });
      expect({ stdout, status }).toEqual({ stdout: "", status: 0 });
    }
  });
});
