import { mapOf, partsOf, type SchemaPlace } from "../../schema/accept/schema-place.js";
import type { Alternative, WidePart } from "./alternatives.js";
import { type FieldRest, fieldRestsOf } from "./evaluated.js";
import { FieldView, leaves, matches, requiredOf } from "./field-view.js";
import { below, type Comparison, isBlocking, type Obstacle } from "./obstacle.js";

/** Holds the fields of objects for which schemas must all hold against one schema. */
export function checkFields(
  narrow: Alternative,
  { part, wideParts }: WidePart,
  comparison: Comparison,
): readonly Obstacle[] {
  const fields = new FieldCheck(new FieldView(narrow), new FieldView(wideParts), { part, comparison });
  return [
    ...requiredOf(part).flatMap((name) => fields.required(name)),
    ...[...mapOf(part, "properties")].flatMap(([name, place]) => fields.named(name, place)),
    ...[...mapOf(part, "patternProperties")].flatMap((entry) => fields.matching(...entry)),
    ...fieldRestsOf(part).flatMap((rest) => fields.rest(rest)),
  ];
}

class FieldCheck {
  readonly #part: SchemaPlace;
  readonly #comparison: Comparison;

  constructor(
    readonly own: FieldView,
    readonly wide: FieldView,
    { part, comparison }: { part: SchemaPlace; comparison: Comparison },
  ) {
    this.#part = part;
    this.#comparison = comparison;
  }

  required(name: string): readonly Obstacle[] {
    return this.own.required.has(name) ? [] : [this.#presence(name, "required")];
  }

  named(name: string, place: SchemaPlace): readonly Obstacle[] {
    const places = this.own.placesFor(name);
    const found = this.#comparison.check(places, place);
    if (this.own.names.has(name)) return below(name, found);
    if (!found.some(isBlocking)) return [];
    // Silent about all other fields, but not about all fields.
    const isUnnamed = places.length === 0 && this.own.names.size > 0;
    const isTolerated = this.#comparison.toleratesUnnamed && isUnnamed && !this.own.required.has(name);
    return [{ ...this.#presence(name, "properties"), ...(isTolerated && { isTolerated }) }];
  }

  matching(pattern: string, place: SchemaPlace): readonly Obstacle[] {
    const named = [...this.own.names]
      .filter((name) => matches(pattern, name))
      .flatMap((name) => below(name, this.#comparison.check(this.own.placesFor(name), place)));
    const others = this.own.placesMatching(pattern);
    const found = this.#comparison.check(others, place);
    return [...named, ...this.#others(found, others, { rest: place, keyword: "patternProperties" })];
  }

  rest(fieldRest: FieldRest): readonly Obstacle[] {
    const { rest, patterns, isGuess } = fieldRest;
    const keyword = isGuess ? "unevaluatedProperties" : "additionalProperties";
    const named = [...this.own.names]
      .filter((name) => leaves(fieldRest, name))
      .flatMap((name) => this.#left(name, rest));
    const groups = [
      ...[...this.own.patterns]
        .filter((each) => !patterns.includes(each))
        .map((each) => this.own.placesMatching(each)),
      this.own.otherPlaces,
    ];
    const others = groups.flatMap((places) =>
      this.#others(this.#comparison.check(places, rest), places, { rest, keyword }),
    );
    const undecided = "other keywords take the field";
    return isGuess ? [...named, ...others].map((each) => ({ ...each, undecided })) : [...named, ...others];
  }

  /** A field that the narrow side names and this part of the wide one does not. */
  #left(name: string, rest: SchemaPlace): readonly Obstacle[] {
    const found = this.#comparison.check(this.own.placesFor(name), rest);
    if (this.wide.names.has(name)) return below(name, found);
    return found.some(isBlocking) ? [this.#presence(name, "additionalProperties")] : [];
  }

  #others(
    found: readonly Obstacle[],
    places: readonly SchemaPlace[],
    { rest, keyword }: { rest: SchemaPlace; keyword: string },
  ): readonly Obstacle[] {
    if (found.length === 0) return [];
    const parts = partsOf(places);
    // Two schemas of the other fields are compared in detail; whether there are any is said in one sentence.
    if (parts !== undefined && parts.length > 0 && partsOf([rest]) !== undefined) return below("*", found);
    const narrow =
      parts === undefined || parts.length > 0 ? "other fields of a certain form" : "any other fields";
    const wide = partsOf([rest]) === undefined ? "no other fields" : "other fields of a certain form";
    return [{ path: [], aspect: "other-fields", narrow, wide, widePlace: this.#part, keyword }];
  }

  #presence(name: string, keyword: string): Obstacle {
    const narrow = this.own.presenceOf(name);
    const wide = this.wide.presenceOf(name);
    const narrowPlace = this.own.ownPlace(name);
    const isOneSided = (narrow === "absent") !== (wide === "absent");
    return {
      path: [name],
      aspect: isOneSided ? "field" : "required",
      narrow: isOneSided ? narrow : "optional",
      wide: isOneSided ? wide : "required",
      ...(narrowPlace !== undefined && { narrowPlace }),
      widePlace: mapOf(this.#part, "properties").get(name) ?? this.#part,
      ...(mapOf(this.#part, "properties").has(name) ? {} : { keyword }),
    };
  }
}
