// The fields of a schema as rows, and its type.
import { expect, test } from "vitest";
import type {
  FieldDoc,
  RulePiece,
  ShapeDoc,
  TypePiece,
} from "../../../src/contract-docs/contract-document.js";
import { describeSpec } from "./describe-contract.js";

/** The description of a request; `Message` and `Status` are shared schemas. */
async function describeRequest(request: unknown): Promise<ShapeDoc> {
  const { modules } = await describeSpec({
    name: "demo",
    schemas: {
      Message: { type: "object", properties: { text: { type: "string" } } },
      Status: { description: "What a person does.", enum: ["online", "away"] },
    },
    modules: { chat: { port: 1, urls: ["ws"], commands: { say: { request } } } },
  });
  return modules[0]!.commands[0]!.request;
}

const textOf = (pieces: readonly (RulePiece | TypePiece)[]): string =>
  pieces.map(({ text }) => text).join("");

/** A row as one line: `room: string, required, = "lobby" (1–5 characters.) Where.` */
const showRow = ({
  path,
  type,
  isRequired,
  defaultValue,
  rules,
  description,
  isDeprecated,
}: FieldDoc): string =>
  [
    `${path}: ${textOf(type)}`,
    ...(isRequired ? ["required"] : []),
    ...(defaultValue === "" ? [] : [`= ${defaultValue}`]),
    ...(rules.length === 0 ? [] : [`(${textOf(rules)})`]),
    ...(isDeprecated ? ["deprecated"] : []),
    ...(description === "" ? [] : [`"${description}"`]),
  ].join(" ");

const rowsOf = async (request: object): Promise<readonly string[]> =>
  (await describeRequest(request)).fields.map(showRow);

test("fields: have a type, whether they are required, a default, rules and a description", async () => {
  expect(
    await rowsOf({
      type: "object",
      required: ["room"],
      properties: {
        room: { description: "Where.", type: "string", minLength: 1, maxLength: 64 },
        limit: { type: "integer", minimum: 1, default: 20 },
        old: { type: ["string", "null"], deprecated: true },
        kind: { enum: ["a", "b"] },
        status: { $ref: "#/schemas/Status" },
        name: { type: "string", pattern: "^[a-z]+$" },
      },
    }),
  ).toEqual([
    'room: string required (1–64 characters.) "Where."',
    "limit: number = 20 (An integer, at least 1.)",
    "old: string | null deprecated",
    'kind: "a" | "b"',
    'status: Status "What a person does."',
    "name: string (Matches ^[a-z]+$.)",
  ]);
});

test("fields: those of objects within objects, lists and maps have rows with their path", async () => {
  expect(
    await rowsOf({
      type: "object",
      properties: {
        user: {
          type: "object",
          required: ["name"],
          properties: { name: { type: "string" }, tags: { type: "array", items: { type: "string" } } },
        },
        items: { type: "array", items: { type: "object", properties: { price: { type: "number" } } } },
        scores: {
          type: "object",
          additionalProperties: { type: "object", properties: { points: { type: "integer" } } },
        },
        "a.b": { type: "object", properties: { c: true } },
      },
    }),
  ).toEqual([
    "user: object",
    "user.name: string required",
    "user.tags: string[]",
    "items: object[]",
    "items[].price: number",
    "scores: { [key: string]: object }",
    "scores.*.points: number (An integer.)",
    '"a.b": object',
    '"a.b".c: unknown',
  ]);
});

test("fields: those of allOf and of local definitions are rows, and a schema that refers to itself ends", async () => {
  const rows = await rowsOf({
    $defs: {
      node: {
        type: "object",
        required: ["name"],
        properties: { name: { type: "string" }, next: { $ref: "#/$defs/node" } },
      },
    },
    type: "object",
    allOf: [{ type: "object", required: ["key"], properties: { key: { type: "string" } } }],
    properties: { first: { $ref: "#/$defs/node" } },
  });
  expect(rows.slice(0, 4)).toEqual([
    "first: object",
    "first.name: string required",
    "first.next: object",
    "first.next.name: string required",
  ]);
  expect(rows.at(-1)).toBe("key: string required");
  expect(rows.length).toBeLessThan(20);
});

test.each([
  { request: undefined, summary: "no fields" },
  { request: "any", summary: "any fields" },
  { request: { $ref: "#/schemas/Message" }, summary: "Message" },
  {
    request: {
      anyOf: [{ $ref: "#/schemas/Message" }, { type: "object", properties: { a: { type: "string" } } }],
    },
    summary: "Message | object",
  },
  { request: { type: "object" }, summary: "object" },
])("summary: $summary", async ({ request, summary }) => {
  const shape = await describeRequest(request);
  expect(shape.words || textOf(shape.summary)).toBe(summary);
  expect(shape.fields).toEqual([]);
});

test("declaration: is the type of the client, with links to shared schemas, but not within strings and comments", async () => {
  const { declaration } = await describeRequest({
    type: "object",
    properties: {
      message: { description: "A Message.", $ref: "#/schemas/Message" },
      kind: { enum: ["Message", "Status"] },
      status: { $ref: "#/schemas/Status", default: "away" },
    },
  });
  expect(textOf(declaration)).toContain('kind?: "Message" | "Status" | undefined;');
  expect(textOf(declaration)).toContain("status?: ");
  expect(declaration.filter(({ anchor }) => anchor !== "")).toEqual([
    { text: "Message", anchor: "schemas.Message" },
    { text: "Status", anchor: "schemas.Status" },
  ]);
});
