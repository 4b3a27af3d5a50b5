import type { Json } from "../../spec-file/spec.js";
import { isBytesSchema, isNote, type Keywords, readList, readSchemas } from "../keywords.js";
import type { Follow, RootedSchema } from "../reference.js";
import { createSearch, listDefaults, reachSchemas } from "./find-defaults.js";
import {
  countFirst,
  isConverted,
  keyOf,
  listNames,
  listPlaced,
  type PlacedSchema,
  placeItem,
  placeName,
  placeProperty,
  toKeywords,
} from "./positions.js";

/** A schema whose bytes cannot be converted. */
export interface BytesProblem {
  readonly part: RootedSchema;
  readonly keyword: string;
  readonly message: string;
  readonly fix: string;
}

const encoding = "`contentEncoding: base64`";
const toText = "remove `contentEncoding` to get text";

/** The schemas with `contentEncoding: base64` among a schema and all below it. */
export const listEncoded = (start: RootedSchema, follow: Follow): readonly RootedSchema[] =>
  [...reachSchemas(start, { follow, follows: isFollowed })].filter(hasEncoding);

const hasEncoding = ({ schema }: RootedSchema): boolean => toKeywords(schema).contentEncoding === "base64";

const isFollowed = (keyword: string): boolean => !isNote(keyword);

/** More than a schema can have without combinations, in which places multiply. */
const maxPlaces = 20_000;

/**
 * The problems with the bytes of a schema. Without any, each string that a schema with bytes describes is certainly base64 on the
 * wire, and no other string is. Also reports a schema with more places than can be converted, for bytes or defaults.
 */
export function findBytesProblems(start: RootedSchema, follow: Follow): readonly BytesProblem[] {
  const hasBytes = createSearch(follow, hasEncoding, isFollowed);
  const hasDefaults = createSearch(follow, (part) => listDefaults(part, follow).size > 0, isFollowed);
  const seen = new Set<string>();
  const open: (readonly PlacedSchema[])[] = [[{ ...start, certainty: "certain" }]];
  const found: BytesProblem[] = [];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const key = keyOf(place);
    if (seen.has(key) || !place.some((part) => hasBytes(part) || hasDefaults(part))) continue;
    if (seen.add(key).size > maxPlaces) return [...found, reportTooLarge(start)];
    const parts = listPlaced(place, follow);
    found.push(...checkPlace(place, parts, follow));
    const children = listChildren(parts);
    open.push(...children);
    if (children.some((child) => child.some(hasBytes))) found.push(...checkWhole(parts));
  }
  return found;
}

const reportTooLarge = (part: RootedSchema): BytesProblem => ({
  ...{ part, keyword: "", message: "The schema has bytes or defaults in too many combinations of schemas." },
  fix: "Use fewer schemas with `properties` in `allOf`, `anyOf` and `oneOf`.",
});

const listChildren = (parts: readonly PlacedSchema[]): readonly (readonly PlacedSchema[])[] => [
  ...[...listNames(parts), undefined].map((name) => placeProperty(parts, name)),
  ...Array.from({ length: countFirst(parts) }, (_, index) => placeItem(parts, index)),
  placeItem(parts, undefined),
  placeName(parts),
];

function checkPlace(
  place: readonly PlacedSchema[],
  parts: readonly PlacedSchema[],
  follow: Follow,
): readonly BytesProblem[] {
  const owners = parts.filter(hasEncoding);
  const [first] = owners;
  if (first === undefined) return [];
  const found = [
    ...owners.flatMap(checkOwner),
    ...parts.filter((part) => !hasEncoding(part)).flatMap(checkBeside),
  ];
  return found.length > 0 || isCertain(place, follow) ? found : [reportUncertain(first, "contentEncoding")];
}

/** Keywords that cannot be beside bytes. */
const ofText = ["pattern", "format", "const", "enum"] as const;

function checkOwner(part: PlacedSchema): readonly BytesProblem[] {
  const keywords = toKeywords(part.schema);
  const report = (message: string, fix: string, keyword = "contentEncoding") => [
    { part, keyword, message, fix },
  ];
  if (!isBytesSchema(keywords))
    return report(`${encoding} needs \`type: string\` beside it.`, `Add the type, or ${toText}.`);
  if (!isConverted(part)) {
    const message = `Bytes below \`${part.certainty}\` cannot be converted.`;
    return report(
      message,
      `Describe them by \`properties\`, \`additionalProperties\` or \`items\`, or ${toText}.`,
    );
  }
  return ofText
    .filter((keyword) => keywords[keyword] !== undefined)
    .flatMap((keyword) =>
      report(
        `\`${keyword}\` cannot be beside ${encoding}: the value is bytes.`,
        `Remove one of the two.`,
        keyword,
      ),
    );
}

/** A schema without bytes, at a place with bytes. */
function checkBeside(part: PlacedSchema): readonly BytesProblem[] {
  const keywords = toKeywords(part.schema);
  const keyword = ["pattern", "format", "minLength", "maxLength"].find(
    (each) => keywords[each] !== undefined,
  );
  if (keyword !== undefined) {
    const message = `\`${keyword}\` does not reach these bytes: only the schema with ${encoding} can limit them.`;
    return [{ part, keyword, message, fix: "Move it there, or remove it." }];
  }
  if (readOwnForms(keywords) !== text) return [];
  const owner = ["const", "enum"].find((each) => keywords[each] !== undefined) ?? "type";
  return [reportUncertain(part, owner)];
}

const reportUncertain = (part: RootedSchema, keyword: string): BytesProblem => ({
  ...{ part, keyword },
  message: `A string here can be bytes (${encoding}) or text, and a message does not show which.`,
  fix: "Give the bytes a field of their own, or all schemas of this value the same `contentEncoding`.",
});

/** Constants are text in the spec, and the bytes below them are not. */
const checkWhole = (parts: readonly PlacedSchema[]): readonly BytesProblem[] =>
  parts.flatMap((part) => {
    const { const: constant, enum: values } = toKeywords(part.schema);
    const isWhole = [constant ?? null, ...readList(values)].some(
      (value) => typeof value === "object" && value,
    );
    if (!isWhole) return [];
    const keyword = constant === undefined ? "enum" : "const";
    const message = `\`${keyword}\` cannot have an object or a list with bytes (${encoding}).`;
    return [{ part, keyword, message, fix: "Describe it by `properties` or `items`." }];
  });

/** The forms that the strings of a schema may have, as bits. */
type Forms = number;
const text: Forms = 1;
const bytes: Forms = 2;
const any: Forms = text | bytes;

/** Whether each string that is valid at a place is certainly bytes. */
function isCertain(place: readonly PlacedSchema[], follow: Follow): boolean {
  const known = new Map<unknown, Forms>();
  const readForms = (part: RootedSchema): Forms => {
    const { schema, root } = part;
    if (typeof schema !== "object") return schema ? any : 0;
    const answer = known.get(schema);
    if (answer !== undefined) return answer;
    // A circle was refused before.
    known.set(schema, any);
    const within = (each: Json | undefined): Forms =>
      each === undefined ? any : readForms({ schema: each as RootedSchema["schema"], root });
    const target = typeof schema.$ref === "string" ? follow(schema.$ref, root) : undefined;
    const forms = [
      readOwnForms(schema),
      target === undefined ? any : readForms(target),
      ...readSchemas(schema.allOf).map(within),
      ...["anyOf", "oneOf"].map((keyword) => joinForms(readSchemas(schema[keyword]).map(within))),
      schema.if === undefined ? any : (within(schema.if) & within(schema.then)) | within(schema.else),
    ].reduce((one, other) => one & other, any);
    known.set(schema, forms);
    return forms;
  };
  const of = (certainty: PlacedSchema["certainty"]) =>
    place.filter((part) => part.certainty === certainty).map(readForms);
  const certain = of("certain");
  if (certain.reduce((one, other) => one & other, any) === bytes) return true;
  return certain.length === 0 && joinForms(of("possible")) === bytes;
}

const joinForms = (forms: readonly Forms[]): Forms =>
  forms.length === 0 ? any : forms.reduce((one, other) => one | other, 0);

function readOwnForms(keywords: Keywords): Forms {
  const { type, const: constant, enum: values } = keywords;
  const listed = constant === undefined ? values : [constant];
  if (Array.isArray(listed)) return listed.some((value: Json) => typeof value === "string") ? text : 0;
  if (type === undefined) return any;
  if (![type].flat().includes("string")) return 0;
  return isBytesSchema(keywords) ? bytes : text;
}
