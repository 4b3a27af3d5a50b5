import {
  childOf,
  keywordsOf,
  listOf,
  mapOf,
  partsOf,
  type SchemaPlace,
} from "../../schema/accept/schema-place.js";
import type { Alternative } from "./alternatives.js";

/** Keywords by which it depends on the value what `unevaluated…` is left with. */
const dynamic = ["anyOf", "oneOf", "if", "dependentSchemas", "contains", "$dynamicRef"];

/** What one schema says of the fields that it does not name: `additionalProperties` or `unevaluatedProperties`. */
export interface FieldRest {
  readonly names: ReadonlySet<string>;
  readonly patterns: readonly string[];
  readonly rest: SchemaPlace;
  /** It depends on the value which fields are left; these are the most that can be. */
  readonly isGuess: boolean;
}

export function fieldRestsOf(part: SchemaPlace): readonly FieldRest[] {
  const additional = childOf(part, "additionalProperties");
  const unevaluated = childOf(part, "unevaluatedProperties");
  return [
    ...(additional === undefined ? [] : [{ ...namesIn([part]), rest: additional, isGuess: false }]),
    ...(unevaluated === undefined ? [] : unevaluatedFields(part, unevaluated)),
  ];
}

function unevaluatedFields(part: SchemaPlace, rest: SchemaPlace): readonly FieldRest[] {
  const around = partsOf([part]) ?? [];
  const takesAll = ({ schema }: SchemaPlace, isOwn: boolean): boolean =>
    typeof schema === "object" &&
    (schema.additionalProperties !== undefined || (!isOwn && schema.unevaluatedProperties !== undefined));
  if (around.some((each) => takesAll(each, each === part))) return [];
  return [{ ...namesIn(around), rest, isGuess: isDynamic(around) }];
}

const namesIn = (parts: Alternative): Pick<FieldRest, "names" | "patterns"> => ({
  names: new Set(parts.flatMap((part) => [...mapOf(part, "properties").keys()])),
  patterns: parts.flatMap((part) => [...mapOf(part, "patternProperties").keys()]),
});

const isDynamic = (parts: Alternative): boolean =>
  parts.some((part) => dynamic.some((keyword) => keywordsOf(part)[keyword] !== undefined));

/** What one schema says of the items from an index on: `items` or `unevaluatedItems`. */
export interface ItemRest {
  readonly from: number;
  readonly rest: SchemaPlace;
  /** It depends on the value which items are left; these are the most that can be. */
  readonly isGuess: boolean;
}

export function itemRestsOf(part: SchemaPlace): readonly ItemRest[] {
  const items = childOf(part, "items");
  const unevaluated = childOf(part, "unevaluatedItems");
  return [
    ...(items === undefined
      ? []
      : [{ from: listOf(part, "prefixItems").length, rest: items, isGuess: false }]),
    ...(unevaluated === undefined ? [] : unevaluatedItems(part, unevaluated)),
  ];
}

function unevaluatedItems(part: SchemaPlace, rest: SchemaPlace): readonly ItemRest[] {
  const around = partsOf([part]) ?? [];
  const takesAll = (each: SchemaPlace): boolean =>
    childOf(each, "items") !== undefined ||
    (each !== part && childOf(each, "unevaluatedItems") !== undefined);
  if (around.some(takesAll)) return [];
  const from = Math.max(...around.map((each) => listOf(each, "prefixItems").length));
  return [{ from, rest, isGuess: isDynamic(around) }];
}
