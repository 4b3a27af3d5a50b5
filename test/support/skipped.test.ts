import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { describeSkipped } from "./report-skipped.js";

const folder = fileURLToPath(new URL("..", import.meta.url));

test("tests are skipped in one way only, which the end of the run reports", () => {
  const skips = /\b(?:describe|it|test|context|ctx)\.(?:skip|skipIf|runIf|todo)\b|\bskip\(/;
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".test.ts"),
  );
  expect(files.length).toBeGreaterThan(100);
  const others = files.filter(
    (file) => file !== "support/skipped.test.ts" && skips.test(readFileSync(`${folder}/${file}`, "utf8")),
  );
  expect(others).toEqual([]);
});

test("the line at the end names each thing once, with how to run it", () => {
  const moduleWith = (...notes: (string | undefined)[]) =>
    ({
      children: { allTests: () => notes.map((note) => ({ result: () => ({ state: "skipped", note }) })) },
    }) as unknown as Parameters<typeof describeSkipped>[0][number];
  expect(
    describeSkipped([
      moduleWith("zsh (apt-get install zsh)", undefined),
      moduleWith("fish (not here)", "fish (not here)"),
    ]),
  ).toBe("Not run here: fish (not here); zsh (apt-get install zsh).");
  expect(describeSkipped([moduleWith(undefined)])).toBeUndefined();
});

test("a run without the official JSON Schema suite passes, and says at its end that it did not run it", async () => {
  const vitest = fileURLToPath(new URL("../../node_modules/vitest/vitest.mjs", import.meta.url));
  const args = [vitest, "run", "--config", `${folder}vitest.config.ts`, "src/schema/test-suite"];
  const env = { ...process.env, JSON_SCHEMA_TEST_SUITE: "/nowhere" };
  const { stdout } = await promisify(execFile)(process.execPath, args, { env });
  expect(stdout.trimEnd().split("\n").at(-1)).toBe(
    "Not run here: the official JSON Schema suite (apt-get install libtest-json-schema-acceptance-perl).",
  );
});
