import { isDeepStrictEqual } from "node:util";
import {
  type Alternative,
  alternativesOf,
  areApart,
  finiteValues,
  includesValue,
  isWithinLimits,
  openChoice,
  tagsOf,
} from "./alternatives.js";
import { describeTypes, describeValues } from "./describe.js";
import { diffFields, diffItems } from "./diff-fields.js";
import { areSameParts, isSame } from "./is-same.js";
import { type Kind, kinds } from "./kinds.js";
import { diffCounts, diffNumbers, placeOf } from "./limits.js";
import { type Effect, effectOf, mergeChanges, reportChange, type SchemaChange } from "./schema-change.js";
import { keywordsOf, listOf, partsOf, referenceOf, type SchemaPlace } from "./schema-place.js";

/** Far more than a real spec needs. */
const maxComparisons = 10_000;

type Parts = readonly SchemaPlace[];

/**
 * Compares the structure of two schemas: follows references, merges `allOf`, matches alternatives. For a change that
 * is neither narrowing nor widening it only knows that the keywords differ.
 */
export class SchemaDiff {
  readonly #results = new Map<string, readonly SchemaChange[]>();
  readonly #ids = new Map<SchemaPlace, number>();
  #comparisons = 0;

  /** Compares two lists of schemas; each list applies as a whole. */
  compare = (before: Parts, after: Parts): readonly SchemaChange[] => {
    const [old, now] = [partsOf(before), partsOf(after)];
    if (old !== undefined && now !== undefined && areSameParts(old, now)) return [];
    if (old === undefined && now === undefined) return [];
    const key = `${this.#idsOf(old ?? before)}>${this.#idsOf(now ?? after)}`;
    const known = this.#results.get(key);
    if (known !== undefined) return known;
    this.#comparisons += 1;
    if (this.#comparisons > maxComparisons) return tooLarge(after);
    // A pair that is met again within itself differs only if it differs elsewhere.
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
      const [before, after] = [alternativesOf(old, kind), alternativesOf(now, kind)];
      if (before.length > 0 && after.length > 0) return this.#compareAlternatives(kind, before, after);
      isNarrower ||= before.length > 0;
      isWider ||= after.length > 0;
      return [];
    });
    const effect = effectOf(isNarrower, isWider);
    return effect === undefined ? changes : [...diffTypes(old, now, effect), ...changes];
  }

  #compareAlternatives(
    kind: Kind,
    before: readonly Alternative[],
    after: readonly Alternative[],
  ): readonly SchemaChange[] {
    const gone = before.filter((each) => !after.some((other) => areSameParts(each, other)));
    const added = after.filter((each) => !before.some((other) => areSameParts(each, other)));
    const pairs = gone.flatMap((each) => {
      const partner = gone.length === 1 && added.length === 1 ? added[0] : partnerOf(each, gone, added);
      return partner === undefined ? [] : [[each, partner] as const];
    });
    const isNarrower = gone.length > pairs.length;
    const isWider = added.length > pairs.length;
    const effect = effectOf(isNarrower, isWider);
    const [place] = (isWider ? added : gone).flat();
    return [
      ...pairs.flatMap(([one, other]) => this.#comparePair(kind, one, other)),
      ...reportChange("alternatives", effect, { was: "", is: "", place }),
    ];
  }

  #comparePair(kind: Kind, before: Alternative, after: Alternative): readonly SchemaChange[] {
    if (openChoice(before) !== undefined || openChoice(after) !== undefined) return tooLarge(after);
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
        ];
      case "array":
        return diffItems(before, after, this.compare);
      case "object":
        return [...diffCounts(before, after, "Properties"), ...diffFields(before, after, this.compare)];
      default:
        return [];
    }
  }

  #idsOf(parts: Parts): string {
    const ids = parts.map((place) => {
      const id = this.#ids.get(place) ?? this.#ids.size;
      this.#ids.set(place, id);
      return id;
    });
    return ids.sort((one, other) => one - other).join();
  }
}

const tooLarge = (after: Parts): readonly SchemaChange[] =>
  reportChange("condition", "unknown", {
    was: "",
    is: "the schema, which is too large to compare,",
    place: after[0],
  });

function diffTypes(before: Parts, after: Parts, effect: Effect): readonly SchemaChange[] {
  const [was, is] = [describeTypes(before), describeTypes(after)];
  return reportChange("type", effect, { was, is, ...placeOf(before, after, "type") });
}

/** The one alternative with the same tags, where a required field with few values tells them all apart. */
function partnerOf(
  own: Alternative,
  gone: readonly Alternative[],
  added: readonly Alternative[],
): Alternative | undefined {
  for (const [name, values] of tagsOf(own)) {
    const isAlike = (other: Alternative): boolean => isDeepStrictEqual(tagsOf(other).get(name), values);
    const partners = added.filter(isAlike);
    if (partners.length === 1 && gone.filter(isAlike).length === 1) return partners[0];
  }
  return undefined;
}

/** A `oneOf` that both sides do not share may take more when a branch takes less, unless its branches are apart. */
function diffChoices(before: Parts, after: Parts): readonly SchemaChange[] {
  const choices = (parts: Parts) => parts.filter((part) => listOf(part, "oneOf").length > 0);
  const [old, now] = [choices(before), choices(after)];
  const isShared = (part: SchemaPlace, others: Parts): boolean =>
    others.some((other) => isSame(part.only("oneOf"), other.only("oneOf")));
  const open = [
    ...now.filter((part) => !isShared(part, old)),
    ...old.filter((part) => !isShared(part, now)),
  ].find((part) => !areBranchesApart(listOf(part, "oneOf")));
  if (open === undefined) return [];
  return reportChange("alternatives", "unknown", { was: "", is: "", place: open, keyword: "oneOf" });
}

const areBranchesApart = (branches: readonly SchemaPlace[]): boolean =>
  branches.every((branch, index) => branches.slice(index + 1).every((other) => areApart(branch, other)));

/** What `unevaluated…` leaves depends on everything beside it. */
function diffUnevaluated(before: Parts, after: Parts): readonly SchemaChange[] {
  return ["unevaluatedProperties", "unevaluatedItems"].flatMap((keyword) => {
    const owner = [...after, ...before].find((part) => keywordsOf(part)[keyword] !== undefined);
    return owner === undefined ? [] : reportRule(keyword, owner, "unknown");
  });
}

function reportRule(keyword: string, place: SchemaPlace, effect: Effect): readonly SchemaChange[] {
  const rule = `the rule of '${keyword}'`;
  return reportChange("condition", effect, { was: rule, is: rule, place, keyword });
}

/** Compares lists of values; undefined where neither side has one. */
function diffValues(
  kind: Kind,
  before: Alternative,
  after: Alternative,
): readonly SchemaChange[] | undefined {
  const [old, now] = [finiteValues(before, kind), finiteValues(after, kind)];
  if (old === undefined && now === undefined) return undefined;
  const isValid = (value: NonNullable<typeof old>[number], list: typeof old, parts: Alternative): boolean =>
    list === undefined ? isWithinLimits(parts, value) : includesValue(list, value);
  const isNarrower = old === undefined || old.some((value) => !isValid(value, now, after));
  const isWider = now === undefined || now.some((value) => !isValid(value, old, before));
  const texts = (parts: Alternative) =>
    parts.flatMap((part) => [keywordsOf(part).pattern, keywordsOf(part).format].filter(Boolean));
  const isUnknown = kind === "string" && !isDeepStrictEqual(new Set(texts(before)), new Set(texts(after)));
  const effect = isUnknown ? "unknown" : effectOf(isNarrower, isWider);
  const hasEnum = [...after, ...before].some((part) => keywordsOf(part).enum !== undefined);
  const { place } = placeOf(before, after, hasEnum ? "enum" : "const");
  const [was, is] = [describeValues(old, before), describeValues(now, after)];
  return reportChange("values", effect, { was, is, place });
}

/** Compares patterns or formats: of two texts it is only known whether they are the same. */
function diffText(before: Parts, after: Parts, keyword: "pattern" | "format"): readonly SchemaChange[] {
  const textsOf = (parts: Parts): readonly string[] =>
    parts.flatMap((part) => {
      const text = keywordsOf(part)[keyword];
      return typeof text === "string" ? [text] : [];
    });
  const [old, now] = [textsOf(before), textsOf(after)];
  const isNarrower = now.some((text) => !old.includes(text));
  const isWider = old.some((text) => !now.includes(text));
  const effect = isNarrower && isWider ? "unknown" : effectOf(isNarrower, isWider);
  const describe = (texts: readonly string[]): string =>
    texts.length === 0 ? `no ${keyword}` : `the ${keyword} ${texts.join(" and ")}`;
  return reportChange(keyword, effect, {
    was: describe(old),
    is: describe(now),
    ...placeOf(before, after, keyword),
  });
}

/** Keywords that are compared as they are written, those of one line together. */
const rules: readonly { readonly keywords: readonly string[]; readonly kind?: Kind }[] = [
  { keywords: ["not"] },
  { keywords: ["if", "then", "else"] },
  { keywords: ["dependentRequired"], kind: "object" },
  { keywords: ["dependentSchemas"], kind: "object" },
  { keywords: ["propertyNames"], kind: "object" },
  { keywords: ["contains", "minContains", "maxContains"], kind: "array" },
];

/** A rule more narrows, a rule less widens; of two that differ, nothing more is known. */
function diffRules(kind: Kind, before: Parts, after: Parts): readonly SchemaChange[] {
  const found = rules.flatMap(({ keywords, kind: only }) => {
    if (only !== undefined && only !== kind) return [];
    const [keyword = ""] = keywords;
    const ownersIn = (parts: Parts): Parts =>
      parts.filter((part) => keywordsOf(part)[keyword] !== undefined).map((part) => part.only(...keywords));
    const [old, now] = [ownersIn(before), ownersIn(after)];
    const gone = old.find((one) => !now.some((other) => isSame(one, other)));
    const added = now.find((one) => !old.some((other) => isSame(one, other)));
    const effect =
      gone !== undefined && added !== undefined
        ? "unknown"
        : effectOf(added !== undefined, gone !== undefined);
    const place = added ?? gone;
    return effect === undefined || place === undefined ? [] : reportRule(keyword, place, effect);
  });
  const broken = [...after, ...before].find(
    (part) => keywordsOf(part).$ref !== undefined && referenceOf(part) === undefined,
  );
  return broken === undefined ? found : [...found, ...reportRule("$ref", broken, "unknown")];
}
