import { isDeepStrictEqual } from "node:util";
import { isBytesSchema } from "../../schema/keywords.js";
import {
  type Alternative,
  areDisjoint,
  findChoice,
  findTags,
  includesValue,
  isWithinLimits,
  listValues,
  splitAlternatives,
} from "./alternatives.js";
import { describeTypes, describeValues } from "./describe.js";
import { diffFields, diffItems } from "./diff-fields.js";
import { areEqualLists, isEqual } from "./is-same.js";
import { type Kind, kindPlaces, kinds } from "./kinds.js";
import { diffCounts, diffNumbers, findPlace } from "./limits.js";
import { type Effect, getEffect, mergeChanges, reportChange, type SchemaChange } from "./schema-change.js";
import {
  collectParts,
  followReference,
  getKeywords,
  getList,
  SchemaDocument,
  type SchemaPlace,
} from "./schema-place.js";

/** A list of one string, outside of any spec. */
const oneText = new SchemaDocument(
  { type: "array", items: { type: "string" }, minItems: 1, maxItems: 1 },
  new Map(),
).root;

/** Far more than a real spec needs. */
const maxComparisons = 10_000;

type Parts = readonly SchemaPlace[];

/**
 * Compares the structure of two schemas: follows references, merges `allOf`, matches alternatives. For a change that
 * neither narrows nor widens, it only knows that the keywords differ.
 */
export class SchemaDiff {
  readonly #results = new Map<string, readonly SchemaChange[]>();
  readonly #ids = new Map<SchemaPlace, number>();
  readonly #hasBytes: boolean;
  #comparisons = 0;

  /** @param hasBytes whether the codec has bytes, so that they and text differ on the wire. Default: JSON */
  constructor(hasBytes = false) {
    this.#hasBytes = hasBytes;
  }

  /** Compares two lists of schemas; each list applies as a whole. */
  compare = (before: Parts, after: Parts): readonly SchemaChange[] => {
    const [old, now] = [collectParts(before), collectParts(after)];
    if (old !== undefined && now !== undefined && areEqualLists(old, now)) return [];
    if (old === undefined && now === undefined) return [];
    const key = `${this.#getIds(old ?? before)}>${this.#getIds(now ?? after)}`;
    const known = this.#results.get(key);
    if (known !== undefined) return known;
    this.#comparisons += 1;
    if (this.#comparisons > maxComparisons) return reportTooLarge(after);
    // A pair that contains itself differs only if it differs elsewhere.
    this.#results.set(key, []);
    const found = mergeChanges(
      old === undefined || now === undefined
        ? diffTypes(before, after, old === undefined ? "widened" : "narrowed")
        : [...diffChoices(old, now), ...this.#compareKinds(old, now)],
    );
    this.#results.set(key, found);
    return found;
  };

  #compareKinds(old: Parts, now: Parts): readonly SchemaChange[] {
    let [isNarrower, isWider] = [false, false];
    const changes = kinds.flatMap((kind) => {
      const [before, after] = [splitAlternatives(old, kind), splitAlternatives(now, kind)];
      if (before.length > 0 && after.length > 0) return this.#compareAlternatives(kind, before, after);
      isNarrower ||= before.length > 0;
      isWider ||= after.length > 0;
      return [];
    });
    const effect = getEffect(isNarrower, isWider);
    if (effect === undefined) return changes;
    const takesTexts = isNarrower && this.#takesTexts(old, now);
    return [...diffTypes(old, now, effect).map((change) => ({ ...change, takesTexts })), ...changes];
  }

  /** Whether a text that was sent alone is valid: as any string, or as the only item of a list. */
  #takesTexts(old: Parts, now: Parts): boolean {
    if (splitAlternatives(old, "array").length > 0) return false;
    const isTakenAs = (text: SchemaPlace) =>
      this.compare([text], now).every(({ effect }) => effect === "widened");
    if (splitAlternatives(now, "string").length > 0) return isTakenAs(kindPlaces.string);
    // The server makes lists of properties alone.
    const [[keyword, ...rest] = []] = now.map(({ tokens }) => tokens);
    return keyword === "properties" && rest.length === 1 && isTakenAs(oneText);
  }

  #compareAlternatives(
    kind: Kind,
    before: readonly Alternative[],
    after: readonly Alternative[],
  ): readonly SchemaChange[] {
    const removed = before.filter((each) => !after.some((other) => areEqualLists(each, other)));
    const added = after.filter((each) => !before.some((other) => areEqualLists(each, other)));
    const pairs = removed.flatMap((each) => {
      const partner =
        removed.length === 1 && added.length === 1 ? added[0] : findPartner(each, removed, added);
      return partner === undefined ? [] : [[each, partner] as const];
    });
    const isNarrower = removed.length > pairs.length;
    const isWider = added.length > pairs.length;
    const effect = getEffect(isNarrower, isWider);
    const [place] = (isWider ? added : removed).flat();
    return [
      ...pairs.flatMap(([one, other]) => this.#comparePair(kind, one, other)),
      ...reportChange("alternatives", effect, { was: "", is: "", place }),
    ];
  }

  #comparePair(kind: Kind, before: Alternative, after: Alternative): readonly SchemaChange[] {
    if (findChoice(before) !== undefined || findChoice(after) !== undefined) return reportTooLarge(after);
    const rules = [...diffUnevaluated(before, after), ...diffRules(kind, before, after)];
    const isScalar = kind !== "object" && kind !== "array";
    const values = diffValues(kind, before, after);
    if (values !== undefined && isScalar) return [...values, ...rules];
    return [...(values ?? []), ...this.#diffKeywords(kind, before, after), ...rules];
  }

  #diffKeywords(kind: Kind, before: Alternative, after: Alternative): readonly SchemaChange[] {
    switch (kind) {
      case "number":
        return diffNumbers(before, after);
      case "string":
        return [
          ...diffCounts(before, after, "Length"),
          ...diffText(before, after, "pattern"),
          ...diffText(before, after, "format"),
          ...diffEncoding(before, after, this.#hasBytes),
        ];
      case "array":
        return diffItems(before, after, this.compare);
      case "object":
        return [...diffCounts(before, after, "Properties"), ...diffFields(before, after, this.compare)];
      default:
        return [];
    }
  }

  #getIds(parts: Parts): string {
    const ids = parts.map((place) => {
      const id = this.#ids.get(place) ?? this.#ids.size;
      this.#ids.set(place, id);
      return id;
    });
    return ids.sort((one, other) => one - other).join();
  }
}

const reportTooLarge = (after: Parts): readonly SchemaChange[] =>
  reportChange("condition", "unknown", {
    was: "",
    is: "the schema, which is too large to compare,",
    place: after[0],
  });

function diffTypes(before: Parts, after: Parts, effect: Effect): readonly SchemaChange[] {
  const [was, is] = [describeTypes(before), describeTypes(after)];
  return reportChange("type", effect, { was, is, ...findPlace(before, after, "type") });
}

/** The one alternative with the same tags, if a required field with few values distinguishes all alternatives. */
function findPartner(
  own: Alternative,
  removed: readonly Alternative[],
  added: readonly Alternative[],
): Alternative | undefined {
  for (const [name, values] of findTags(own)) {
    const isAlike = (other: Alternative): boolean => isDeepStrictEqual(findTags(other).get(name), values);
    const partners = added.filter(isAlike);
    if (partners.length === 1 && removed.filter(isAlike).length === 1) return partners[0];
  }
  return undefined;
}

/** If the branches of a `oneOf` overlap, a narrower branch can widen the whole: only equal ones can be compared then. */
function diffChoices(before: Parts, after: Parts): readonly SchemaChange[] {
  const choices = (parts: Parts) => parts.filter((part) => getList(part, "oneOf").length > 0);
  const [old, now] = [choices(before), choices(after)];
  const isShared = (part: SchemaPlace, others: Parts): boolean =>
    others.some((other) => isEqual(part.only("oneOf"), other.only("oneOf")));
  const open = [
    ...now.filter((part) => !isShared(part, old)),
    ...old.filter((part) => !isShared(part, now)),
  ].find((part) => !areBranchesDisjoint(getList(part, "oneOf")));
  if (open === undefined) return [];
  return reportChange("alternatives", "unknown", { was: "", is: "", place: open, keyword: "oneOf" });
}

const areBranchesDisjoint = (branches: readonly SchemaPlace[]): boolean =>
  branches.every((branch, index) => branches.slice(index + 1).every((other) => areDisjoint(branch, other)));

/** The effect of `unevaluated…` depends on every other keyword of the schema. */
function diffUnevaluated(before: Parts, after: Parts): readonly SchemaChange[] {
  return ["unevaluatedProperties", "unevaluatedItems"].flatMap((keyword) => {
    const owner = [...after, ...before].find((part) => getKeywords(part)[keyword] !== undefined);
    return owner === undefined ? [] : reportRule(keyword, owner, "unknown");
  });
}

function reportRule(keyword: string, place: SchemaPlace, effect: Effect): readonly SchemaChange[] {
  const rule = `the rule of '${keyword}'`;
  return reportChange("condition", effect, { was: rule, is: rule, place, keyword });
}

/** Compares lists of values; undefined if neither side has one. */
function diffValues(
  kind: Kind,
  before: Alternative,
  after: Alternative,
): readonly SchemaChange[] | undefined {
  const [old, now] = [listValues(before, kind), listValues(after, kind)];
  if (old === undefined && now === undefined) return undefined;
  const isValid = (value: NonNullable<typeof old>[number], list: typeof old, parts: Alternative): boolean =>
    list === undefined ? isWithinLimits(parts, value) : includesValue(list, value);
  const isNarrower = old === undefined || old.some((value) => !isValid(value, now, after));
  const isWider = now === undefined || now.some((value) => !isValid(value, old, before));
  const texts = (parts: Alternative) =>
    parts.flatMap((part) => [getKeywords(part).pattern, getKeywords(part).format].filter(Boolean));
  const isUnknown = kind === "string" && !isDeepStrictEqual(new Set(texts(before)), new Set(texts(after)));
  const effect = isUnknown ? "unknown" : getEffect(isNarrower, isWider);
  const hasEnum = [...after, ...before].some((part) => getKeywords(part).enum !== undefined);
  const { place } = findPlace(before, after, hasEnum ? "enum" : "const");
  const [was, is] = [describeValues(old, before), describeValues(now, after)];
  return reportChange("values", effect, { was, is, place });
}

/** Compares patterns or formats: of two texts it is only known whether they are the same. */
function diffText(before: Parts, after: Parts, keyword: "pattern" | "format"): readonly SchemaChange[] {
  const readTexts = (parts: Parts): readonly string[] =>
    parts.flatMap((part) => {
      const text = getKeywords(part)[keyword];
      return typeof text === "string" ? [text] : [];
    });
  const [old, now] = [readTexts(before), readTexts(after)];
  const isNarrower = now.some((text) => !old.includes(text));
  const isWider = old.some((text) => !now.includes(text));
  const effect = isNarrower && isWider ? "unknown" : getEffect(isNarrower, isWider);
  const describe = (texts: readonly string[]): string =>
    texts.length === 0 ? `no ${keyword}` : `the ${keyword} ${texts.join(" and ")}`;
  return reportChange(keyword, effect, {
    was: describe(old),
    is: describe(now),
    ...findPlace(before, after, keyword),
  });
}

/** In JSON, base64 is a certain form of text. In a codec with bytes, text is something else. */
function diffEncoding(before: Parts, after: Parts, hasBytes: boolean): readonly SchemaChange[] {
  const [wasBytes = false, isBytes = false] = [before, after].map((parts) =>
    parts.some((part) => isBytesSchema(getKeywords(part))),
  );
  const effect =
    hasBytes && wasBytes !== isBytes ? "changed" : getEffect(isBytes && !wasBytes, wasBytes && !isBytes);
  const describe = (areBytes: boolean): string => (areBytes ? "bytes (base64 in JSON)" : "text");
  return reportChange("encoding", effect, {
    was: describe(wasBytes),
    is: describe(isBytes),
    ...findPlace(before, after, "contentEncoding"),
  });
}

/** Keywords that are only compared for equality. The keywords of one line are compared together. */
const rules: readonly { readonly keywords: readonly string[]; readonly kind?: Kind }[] = [
  { keywords: ["not"] },
  { keywords: ["if", "then", "else"] },
  { keywords: ["dependentRequired"], kind: "object" },
  { keywords: ["dependentSchemas"], kind: "object" },
  { keywords: ["propertyNames"], kind: "object" },
  { keywords: ["contains", "minContains", "maxContains"], kind: "array" },
];

/** An added rule narrows, a removed rule widens. The effect of a changed rule is unknown. */
function diffRules(kind: Kind, before: Parts, after: Parts): readonly SchemaChange[] {
  const found = rules.flatMap(({ keywords, kind: only }) => {
    if (only !== undefined && only !== kind) return [];
    const [keyword = ""] = keywords;
    const ownersIn = (parts: Parts): Parts =>
      parts.filter((part) => getKeywords(part)[keyword] !== undefined).map((part) => part.only(...keywords));
    const [old, now] = [ownersIn(before), ownersIn(after)];
    const removed = old.find((one) => !now.some((other) => isEqual(one, other)));
    const added = now.find((one) => !old.some((other) => isEqual(one, other)));
    const effect =
      removed !== undefined && added !== undefined
        ? "unknown"
        : getEffect(added !== undefined, removed !== undefined);
    const place = added ?? removed;
    return effect === undefined || place === undefined ? [] : reportRule(keyword, place, effect);
  });
  const broken = [...after, ...before].find(
    (part) => getKeywords(part).$ref !== undefined && followReference(part) === undefined,
  );
  return broken === undefined ? found : [...found, ...reportRule("$ref", broken, "unknown")];
}
