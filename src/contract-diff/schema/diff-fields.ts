import { type Alternative, readRequired } from "./alternatives.js";
import { diffCounts, findPlace } from "./limits.js";
import { combineEffects, type Effect, nest, reportChange, type SchemaChange } from "./schema-change.js";
import { collectParts, getChild, getList, getMap, type SchemaPlace } from "./schema-place.js";

/** Compares two lists of schemas; each list applies as a whole. */
type Compare = (before: readonly SchemaPlace[], after: readonly SchemaPlace[]) => readonly SchemaChange[];

/** Compares the rules of two objects for their fields. */
export function diffFields(
  before: Alternative,
  after: Alternative,
  compare: Compare,
): readonly SchemaChange[] {
  const [old, now] = [new Fields(before), new Fields(after)];
  const names = new Set([...old.names, ...now.names, ...old.required, ...now.required]);
  return [
    ...[...names].flatMap((name) => diffField(name, old, now, compare)),
    ...diffPatterns(old, now, compare),
    ...diffOthers(old, now, compare),
  ];
}

function diffField(name: string, old: Fields, now: Fields, compare: Compare): readonly SchemaChange[] {
  const [was, is] = [old.getPresence(name), now.getPresence(name)];
  const inner = compare(old.findPlaces(name), now.findPlaces(name));
  const place = now.findOwn(name) ?? old.findOwn(name) ?? now.parts[0] ?? old.parts[0];
  const required: Effect | undefined =
    (was === "required") === (is === "required") ? undefined : is === "required" ? "narrowed" : "widened";
  if (was !== "absent" && is !== "absent")
    return nest(name, [...inner, ...reportChange("required", required, { was, is, place })]);
  const effect = inner.map((change) => change.effect).reduce(combineEffects, required);
  const isTolerated =
    is === "optional" && effect === "narrowed" && old.names.size > 0 && old.findPlaces(name).length === 0;
  return nest(name, reportChange("field", effect, { was, is, place, isTolerated }));
}

/** Compares `patternProperties` pattern by pattern. Undecided if their parts are arranged differently. */
function diffPatterns(old: Fields, now: Fields, compare: Compare): readonly SchemaChange[] {
  const patterns = [...new Set([...old.patterns.keys(), ...now.patterns.keys()])];
  if (patterns.length === 0) return [];
  const isComparable =
    old.isSimple &&
    now.isSimple &&
    patterns.every((each) => old.patterns.has(each) && now.patterns.has(each));
  if (isComparable)
    return patterns.flatMap((each) =>
      nest("*", compare(old.patterns.get(each) ?? [], now.patterns.get(each) ?? [])),
    );
  return reportChange("other-fields", "unknown", {
    was: old.describePatterns(),
    is: now.describePatterns(),
    place: now.parts[0] ?? old.parts[0],
    keyword: "patternProperties",
  });
}

/** Compares the rules for fields that no schema names. */
function diffOthers(old: Fields, now: Fields, compare: Compare): readonly SchemaChange[] {
  const changes = compare(old.others, now.others);
  const effect = changes.map((change) => change.effect).reduce<Effect | undefined>(combineEffects, undefined);
  const [was, is] = [describeOthers(old), describeOthers(now)];
  if (was === restricted && is === restricted) return nest("*", changes);
  const place = findPlace(old.parts, now.parts, "additionalProperties");
  return reportChange("other-fields", effect, {
    was,
    is,
    ...(now.others.length > 0 ? place : { place: now.parts[0] ?? old.parts[0] }),
  });
}

const restricted = "other fields of a certain form";

function describeOthers({ others }: Fields): string {
  const parts = collectParts(others);
  if (parts === undefined) return "no other fields";
  return parts.length > 0 ? restricted : "any other fields";
}

/** The rules of several schemas for the fields of an object. */
class Fields {
  /** Fields below `properties`, in the order as written. */
  readonly names: ReadonlySet<string>;
  readonly required: ReadonlySet<string>;
  readonly patterns: ReadonlyMap<string, readonly SchemaPlace[]>;
  /** The schemas of a field that is not named and matches no pattern. */
  readonly others: readonly SchemaPlace[];

  constructor(readonly parts: Alternative) {
    this.names = new Set(parts.flatMap((part) => [...getMap(part, "properties").keys()]));
    this.required = new Set(parts.flatMap(readRequired));
    this.others = parts.flatMap((part) => getChild(part, "additionalProperties") ?? []);
    const patterns = new Map<string, SchemaPlace[]>();
    for (const part of parts) {
      for (const [pattern, place] of getMap(part, "patternProperties")) {
        patterns.set(pattern, [...(patterns.get(pattern) ?? []), place]);
      }
    }
    this.patterns = patterns;
  }

  /** Whether one part alone has all rules for patterns and other fields. */
  get isSimple(): boolean {
    const owners = this.parts.filter(
      (part) =>
        getMap(part, "patternProperties").size > 0 || getChild(part, "additionalProperties") !== undefined,
    );
    return owners.length <= 1;
  }

  /** All schemas for the field of this name. */
  findPlaces(name: string): readonly SchemaPlace[] {
    return this.parts.flatMap((part) => {
      const own = getMap(part, "properties").get(name);
      const matching = [...getMap(part, "patternProperties")].filter(([pattern]) =>
        new RegExp(pattern, "u").test(name),
      );
      const found = [...(own === undefined ? [] : [own]), ...matching.map(([, place]) => place)];
      const rest = getChild(part, "additionalProperties");
      return found.length === 0 && rest !== undefined ? [rest] : found;
    });
  }

  /** The schema of the field itself, of the first part that names it. */
  findOwn(name: string): SchemaPlace | undefined {
    return this.parts
      .map((part) => getMap(part, "properties").get(name))
      .find((place) => place !== undefined);
  }

  getPresence(name: string): "required" | "optional" | "absent" {
    if (this.required.has(name)) return "required";
    return this.names.has(name) ? "optional" : "absent";
  }

  describePatterns(): string {
    const patterns = [...this.patterns.keys()];
    return patterns.length === 0 ? "other fields" : `fields like ${patterns.join(", ")}`;
  }
}

/** Compares the size of two arrays and their items, index by index and then all others. */
export function diffItems(
  before: Alternative,
  after: Alternative,
  compare: Compare,
): readonly SchemaChange[] {
  const prefixes = [...before, ...after].map((part) => getList(part, "prefixItems").length);
  const end = Math.max(0, ...prefixes);
  const changes = Array.from({ length: end + 1 }, (_, index) =>
    nest(index === end ? "*" : `${index}`, compare(findItems(before, index), findItems(after, index))),
  );
  return [...diffCounts(before, after, "Items"), ...changes.flat()];
}

/** All schemas for the item at an index. */
const findItems = (parts: Alternative, index: number): readonly SchemaPlace[] =>
  parts.flatMap((part) => getList(part, "prefixItems")[index] ?? getChild(part, "items") ?? []);
