import { keywordsOf, mapOf, type SchemaPlace } from "../../schema/accept/schema-place.js";
import type { Alternative } from "./alternatives.js";
import { type FieldRest, fieldRestsOf } from "./evaluated.js";

/** What schemas that must all hold say about the fields of an object. */
export class FieldView {
  /** Fields that one of the schemas has below `properties`, in the order as written. */
  readonly names: ReadonlySet<string>;
  readonly required: ReadonlySet<string>;
  readonly patterns: ReadonlySet<string>;
  readonly #parts: readonly PartFields[];

  constructor(parts: Alternative) {
    this.#parts = parts.map((part) => ({
      named: mapOf(part, "properties"),
      patterns: mapOf(part, "patternProperties"),
      // Which fields a guess leaves is not known, so it cannot be relied on.
      rests: fieldRestsOf(part).filter(({ isGuess }) => !isGuess),
    }));
    this.names = new Set(this.#parts.flatMap(({ named }) => [...named.keys()]));
    this.patterns = new Set(this.#parts.flatMap(({ patterns }) => [...patterns.keys()]));
    this.required = new Set(parts.flatMap(requiredOf));
  }

  /** Everything that must hold for the field of this name. */
  placesFor(name: string): readonly SchemaPlace[] {
    return this.#parts.flatMap(({ named, patterns, rests }) => {
      const own = named.get(name);
      return [
        ...(own === undefined ? [] : [own]),
        ...[...patterns].filter(([pattern]) => matches(pattern, name)).map(([, place]) => place),
        ...rests.filter((rest) => leaves(rest, name)).map(({ rest }) => rest),
      ];
    });
  }

  /** The schema of the field itself, of the first that names it. */
  ownPlace(name: string): SchemaPlace | undefined {
    return this.#parts.find(({ named }) => named.has(name))?.named.get(name);
  }

  /** What must hold for every field that is neither named nor matches a pattern. */
  get otherPlaces(): readonly SchemaPlace[] {
    return this.#parts.flatMap(({ rests }) => rests.map(({ rest }) => rest));
  }

  /** At least this must hold for a field that is not named and matches a pattern. */
  placesMatching(pattern: string): readonly SchemaPlace[] {
    return this.#parts.flatMap(({ patterns, rests }) => {
      const own = patterns.get(pattern);
      // Where there are patterns, a field that is not named may be one of theirs and not be left.
      const left = rests.filter((rest) => rest.patterns.length === 0).map(({ rest }) => rest);
      return [...(own === undefined ? [] : [own]), ...left];
    });
  }

  /** `required`, `optional` or `absent`. */
  presenceOf(name: string): Presence {
    if (!this.names.has(name)) return "absent";
    return this.required.has(name) ? "required" : "optional";
  }
}

export type Presence = "required" | "optional" | "absent";

interface PartFields {
  readonly named: ReadonlyMap<string, SchemaPlace>;
  readonly patterns: ReadonlyMap<string, SchemaPlace>;
  readonly rests: readonly FieldRest[];
}

export const matches = (pattern: string, name: string): boolean => new RegExp(pattern, "u").test(name);

/** Whether a field is among those that are not named. */
export const leaves = ({ names, patterns }: FieldRest, name: string): boolean =>
  !names.has(name) && !patterns.some((pattern) => matches(pattern, name));

export function requiredOf(part: SchemaPlace): readonly string[] {
  const { required } = keywordsOf(part);
  return Array.isArray(required) ? required.filter((name) => typeof name === "string") : [];
}
