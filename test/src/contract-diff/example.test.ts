// `wsgen diff` on two versions of one spec: the text, its colours and the JSON document. UPDATE=1 writes them anew.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { main } from "../../../src/cli.js";
import { readJsonOutput } from "../../support/json-output.js";
import { runMain } from "../../support/run-main.js";

const folder = fileURLToPath(new URL("example/", import.meta.url));

async function diff(...args: readonly string[]) {
  const printed = { out: "", err: "" };
  const exitCode = await main(["--cwd", folder, ...args], {
    out: (text) => {
      printed.out += text;
    },
    err: (text) => {
      printed.err += text;
    },
  });
  return { exitCode, ...printed };
}

async function golden(name: string, text: string): Promise<void> {
  const path = `${folder}${name}`;
  if (process.env.UPDATE === "1") await writeFile(path, text);
  expect(text).toBe(await readFile(path, "utf8"));
}

test("diff: prints every change with the old rule, the new rule and the clients that break", async () => {
  const { exitCode, out, err } = await diff("--spec", "after.yaml", "diff", "before.yaml");
  expect(exitCode).toBe(1);
  await golden("expected.txt", `${out}--- standard error\n${err}`);
});

test("diff --json: prints the same changes and nothing else", async () => {
  const { exitCode, out, err } = await diff("--spec", "after.yaml", "--json", "diff", "before.yaml");
  expect({ exitCode, err }).toEqual({ exitCode: 1, err: "" });
  await golden("expected.json", out);
});

test("diff: refuses a pattern that can take too long before it runs", async () => {
  const cwd = await mkdtemp(join(tmpdir(), "wsgen-diff-"));
  try {
    const spec = (field: string) =>
      `wsgen: 1\nname: a\nschemas:\n  A:\n    ${field}\nmodules:\n  m:\n    port: 1\n    urls: [ws]\n    events: { e: { data: { $ref: '#/schemas/A' } } }\n`;
    await writeFile(join(cwd, "old.yaml"), spec(`properties: { ${"a".repeat(60)}b: {} }`));
    await writeFile(join(cwd, "wsgen.yaml"), spec("patternProperties: { '^(a+)+$': {} }"));
    const { code, err } = await runMain(cwd, ["diff", "old.yaml"]);
    expect(err).toMatch(/^wsgen\.yaml:5:37 error .*can take exponential time/);
    expect(code).toBe(1);
  } finally {
    await rm(cwd, { recursive: true });
  }
});

const unusable = (part: string): string =>
  `wsgen: 1\nname: a\nmodules:\n  m:\n    port: 1\n    urls: [ws]\n    ${part}\n`;

test.each([
  [
    "a default",
    "commands: { say: { request: { type: object, properties: { a: { type: integer, default: x } } } } }",
    "invalid-schema",
  ],
  ["an example", "commands: { say: { examples: [{ request: { a: 1 } }] } }", "invalid-example"],
  [
    "a reserved field",
    "commands: { say: { request: { type: object, properties: { id: { type: string } } } } }",
    "invalid-schema",
  ],
  [
    "latest",
    "events: { e: { slowConsumer: { latest: b }, data: { type: object, properties: { a: true } } } }",
    "invalid-value",
  ],
  ["a header", "handshake: { headers: { a: { type: array } } }", "invalid-schema"],
])("diff: reports what stops generate in either spec: %s", async (_name, part, code) => {
  const cwd = await mkdtemp(join(tmpdir(), "wsgen-diff-"));
  onTestFinished(() => rm(cwd, { recursive: true }));
  await writeFile(join(cwd, "good.yaml"), unusable(""));
  await writeFile(join(cwd, "bad.yaml"), unusable(part));
  for (const [present, old] of [
    ["bad.yaml", "good.yaml"],
    ["good.yaml", "bad.yaml"],
    ["bad.yaml", "bad.yaml"],
  ] as const) {
    const { exitCode, diagnostics } = readJsonOutput(
      await runMain(cwd, ["--spec", present, "--json", "diff", old]),
    );
    expect(exitCode).toBe(1);
    expect(diagnostics).toContainEqual(
      expect.objectContaining({
        ...{ code, severity: "error", excerpt: `    ${part}` },
        at: expect.objectContaining({ file: "bad.yaml", line: 7 }),
      }),
    );
    expect(diagnostics).not.toContainEqual(expect.objectContaining({ code: "breaking-change" }));
  }
});

test("diff: reports removed items as added in the opposite direction", async () => {
  const there = JSON.parse((await diff("--spec", "after.yaml", "--json", "diff", "before.yaml")).out);
  const back = JSON.parse((await diff("--spec", "before.yaml", "--json", "diff", "after.yaml")).out);
  const count = (document: { contractChanges: { code: string }[] }, code: string): number =>
    document.contractChanges.filter((change) => change.code === code).length;
  for (const [gone, fresh] of [
    ["command-removed", "command-added"],
    ["module-removed", "module-added"],
    ["type-widened", "type-narrowed"],
    ["field-optional", "field-required"],
    ["schema-removed", "schema-added"],
  ] as const) {
    expect([count(there, gone), count(there, fresh)]).toEqual([count(back, fresh), count(back, gone)]);
  }
});

test("diff: a spec has the same contract as itself", async () => {
  const { exitCode, out, err } = await diff("--spec", "before.yaml", "diff", "before.yaml");
  expect({ exitCode, out, err }).toEqual({
    exitCode: 0,
    out: "before.yaml → before.yaml: the contract is the same.\n",
    err: "",
  });
});

test("diff: exits with 2 without an old spec", async () => {
  expect((await diff("diff")).exitCode).toBe(2);
});
