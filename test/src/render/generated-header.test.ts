import { expect, test } from "vitest";
import {
  readGeneratedHeader,
  withGeneratedComment,
  withGeneratedHeader,
} from "../../../src/render/generated-header.js";

const code = withGeneratedHeader(
  "export type Names = Map<string, Set<string>>;\nexport const a = [1, 2];\n",
  "1.2.3",
  "contracts/the. spec.yaml",
);
const json = withGeneratedComment({ title: "wsgen" });
const crlf = (text: string): string => text.replaceAll("\n", "\r\n");

test.each<[title: string, text: string, intact: boolean | undefined]>([
  ["what was written", code, true],
  ["with a byte-order mark", `\uFEFF${code}`, true],
  ["with CRLF", crlf(code), true],
  ["with a comma behind the last type", code.replace("<string>>", "<string>,\n>"), true],
  ["with a comma behind the last element", code.replace("2]", "2,\n]"), true],
  ["with another number", code.replace("2]", "3]"), false],
  ["with another number and CRLF", crlf(code.replace("2]", "3]")), false],
  ["with another first line", code.replace("Do not edit", "Do edit"), undefined],
  ["without a header", "export const a = 1;\n", undefined],
  ["JSON that was written", json, true],
  ["JSON with CRLF", crlf(json), true],
  ["JSON with another value", json.replace('"wsgen"', '"mine"'), false],
  ["JSON with another comment", json.replace("Do not edit", "Do edit"), undefined],
  ["JSON that cannot be read", "{", undefined],
])("readGeneratedHeader: %s", (_title, text, intact) => {
  expect(readGeneratedHeader(text)?.intact).toBe(intact);
});
