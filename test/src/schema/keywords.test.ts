import { expect, it } from "vitest";
import {
  holdsList,
  holdsMap,
  holdsSchema,
  isAssertion,
  isNote,
  keywords,
  sameValue,
} from "../../../src/schema/keywords.js";
import type { FormatSchema } from "../../../src/spec-file/format-schema.js";
import { jsonSchemaFormat, replacedKeywords } from "../../../src/spec-file/json-schema-format.js";

const formats = Object.entries(jsonSchemaFormat.anyOf?.[1]?.properties ?? {});
const isSchema = (format: FormatSchema | boolean | undefined): boolean =>
  typeof format === "object" && format.$ref === "#/definitions/jsonSchema";
const those = (isMeant: (format: FormatSchema) => boolean): string[] =>
  formats.filter(([, format]) => isMeant(format)).map(([name]) => name);

it("keywords: are those that a spec may use", () => {
  const named = formats.map(([name]) => name).filter((name) => !name.startsWith("x-"));
  expect([...keywords].sort()).toEqual(named.sort());
  expect(keywords.filter((name) => Object.hasOwn(replacedKeywords, name))).toEqual([]);
});

it("subschemas: the keywords that contain schemas are those whose format has them", () => {
  expect([...holdsSchema].sort()).toEqual(those(isSchema).sort());
  expect([...holdsList].sort()).toEqual(those(({ items }) => isSchema(items)).sort());
  expect([...holdsMap].sort()).toEqual(
    those(({ additionalProperties }) => isSchema(additionalProperties)).sort(),
  );
});

it("isNote: each keyword either is a note or restricts values", () => {
  for (const keyword of keywords)
    expect([keyword, isNote(keyword)]).toEqual([keyword, !isAssertion(keyword)]);
  expect([isNote("x-trusted-pattern"), isAssertion("x-trusted-pattern")]).toEqual([true, false]);
  expect([...sameValue].filter((keyword) => !isAssertion(keyword))).toEqual([]);
});
