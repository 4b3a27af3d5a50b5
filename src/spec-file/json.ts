/** Values of JSON, and JSON Pointers (RFC 6901) to them. */
import type { Json, JsonObject, JsonSchema } from "./spec.js";

export const escapeToken = (token: string): string => token.replaceAll("~", "~0").replaceAll("/", "~1");

export const unescapeToken = (token: string): string => token.replaceAll("~1", "/").replaceAll("~0", "~");

/** A pointer in its URI fragment form. */
export const printPointer = (tokens: readonly string[]): string =>
  `#${tokens.map((token) => `/${escapeToken(token)}`).join("")}`;

/** The schema at a pointer; undefined if there is nothing, or no schema. Own properties only. */
export function schemaAt(root: JsonSchema, tokens: readonly string[]): JsonSchema | undefined {
  let value: Json | undefined = root;
  for (const token of tokens) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, token)) return undefined;
    value = (value as JsonObject)[token];
  }
  return isSchema(value) ? value : undefined;
}

export const isSchema = (value: Json | undefined): value is JsonSchema =>
  typeof value === "boolean" || isRecord(value);

export const isRecord = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The members of a value; empty if it is not an object. */
export const toRecord = (value: Json | undefined): JsonObject => (isRecord(value) ? value : {});

/** The properties that a schema names; empty for `true` and `false`. */
export const readProperties = (schema: JsonSchema | undefined): JsonObject =>
  toRecord(typeof schema === "object" ? schema.properties : undefined);
