import { createRequire } from "node:module";
import { ts } from "ts-morph";
import { expect, test } from "vitest";
import { loadCompiler } from "../../../src/syntax/compiler.js";

test("the compiler is the one that ts-morph carries, in the file where it is looked for", () => {
  const requireInTsMorph = createRequire(createRequire(import.meta.url).resolve("ts-morph"));
  expect(requireInTsMorph.resolve("@ts-morph/common/dist/typescript.js")).toContain("ts-morph");
  expect(loadCompiler().version).toBe(ts.version);
  expect(loadCompiler().createSourceFile).toBe(requireInTsMorph("@ts-morph/common").ts.createSourceFile);
});
