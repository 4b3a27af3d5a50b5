import { accepts, every } from "../../schema/accept/accepts.js";
import { allowsKind, type Kind, valuesOf } from "../../schema/accept/kinds.js";
import { meantBy, partsOf, type SchemaPlace } from "../../schema/accept/schema-place.js";
import { type Alternative, alternativesOf, possibleKinds, type WidePart } from "./alternatives.js";
import { checkArray } from "./check-array.js";
import { type Choice, checkChoice, openChoices } from "./check-choices.js";
import { checkConditions } from "./check-conditions.js";
import { checkFieldRules } from "./check-field-rules.js";
import { checkFields } from "./check-fields.js";
import { checkNumber } from "./check-number.js";
import { checkString } from "./check-string.js";
import { describeTypes, describeValues } from "./describe.js";
import { finiteValues, isEmpty, isEmptyOf } from "./is-empty.js";
import { isSame } from "./is-same.js";
import { type Comparison, isBlocking, type Obstacle, withoutRepeats } from "./obstacle.js";

/** Far more than a spec for people needs; a hostile one would take for ever. */
const maxSteps = 100_000;
/** What comparing two schemas counts; looking whether there is any value counts one. */
const stepsOfPair = 20;

export interface InclusionOptions {
  /**
   * Whether an object that names its fields and is silent about others is taken to have no others. An optional
   * field that the wide schema names and the narrow one does not is then no obstacle.
   */
  readonly toleratesUnnamed: boolean;
}

/**
 * Why not every value of one schema holds for another. What is not certain is an obstacle; no obstacle is a proof, by
 * induction on the depth of the value: a pair that is met again within itself is about parts of the value.
 */
export class Inclusion implements Comparison {
  #toleratesUnnamed: boolean;
  /** Pairs that hold, given that the pairs that are being compared do. */
  readonly #proven = new Set<string>();
  readonly #order: string[] = [];
  readonly #ids = new Map<SchemaPlace, number>();
  #steps = 0;

  constructor({ toleratesUnnamed }: InclusionOptions) {
    this.#toleratesUnnamed = toleratesUnnamed;
  }

  get toleratesUnnamed(): boolean {
    return this.#toleratesUnnamed;
  }

  /** True when the schemas were too large to compare to the end. */
  get isExhausted(): boolean {
    return this.#steps >= maxSteps;
  }

  check(narrow: readonly SchemaPlace[], place: SchemaPlace): readonly Obstacle[] {
    const parts = partsOf(narrow);
    const wide = meantBy(place);
    if (parts === undefined || wide.schema === true) return [];
    const key = this.#keyOf(parts, wide);
    if (this.#proven.has(key) || this.isExhausted) return [];
    this.#steps += stepsOfPair;
    const mark = this.#order.length;
    this.#proven.add(key);
    this.#order.push(key);
    const obstacles = withoutRepeats(this.#compare(parts, wide));
    // What was proven meanwhile may rest on this pair.
    if (obstacles.some(isBlocking)) for (const each of this.#order.splice(mark)) this.#proven.delete(each);
    return obstacles.map((obstacle) => ({ ...(parts[0] && { narrowPlace: parts[0] }), ...obstacle }));
  }

  proves(narrow: readonly SchemaPlace[], wide: SchemaPlace): boolean {
    return !this.check(narrow, wide).some(isBlocking) && !this.isExhausted;
  }

  provesConverse(narrow: readonly SchemaPlace[], wide: SchemaPlace): boolean {
    const before = this.#toleratesUnnamed;
    this.#toleratesUnnamed = false;
    const holds = this.proves(narrow, wide);
    this.#toleratesUnnamed = before;
    return holds;
  }

  isEmpty(places: readonly SchemaPlace[]): boolean {
    this.#steps += 1;
    return !this.isExhausted && isEmpty(places);
  }

  #compare(narrow: Alternative, wide: SchemaPlace): readonly Obstacle[] {
    const wideParts = partsOf([wide]);
    if (wideParts === undefined) return isEmpty(narrow) ? [] : [typeObstacle(narrow, wide)];
    const open = wideParts.filter((part) => !narrow.some((own) => isSame(own, part)));
    if (open.length === 0) return [];
    const choices = open.flatMap((part) => openChoices(narrow, part));
    return possibleKinds(narrow).flatMap((kind) =>
      alternativesOf(narrow, kind)
        .filter((parts) => !isEmptyOf(parts, kind))
        .flatMap((parts) => this.#compareKind(kind, parts, { narrow, wide, open, choices, wideParts })),
    );
  }

  #compareKind(kind: Kind, parts: Alternative, pair: Pair): readonly Obstacle[] {
    if (!pair.open.every((part) => allowsKind(part, kind))) return [typeObstacle(pair.narrow, pair.wide)];
    const values = finiteValues(parts, kind);
    if (values !== undefined) {
      const answers = values.map((value) => every(pair.open.map((part) => accepts(part, value))));
      const answer = every(answers);
      if (answer === true) return [];
      const isWhole = kind === "boolean" || kind === "null";
      if (isWhole && !answers.includes(true)) return [typeObstacle(pair.narrow, pair.wide)];
      return [valuesObstacle(pair, answer === undefined)];
    }
    const found = pair.open.flatMap((part) => [
      ...(valuesOf(part) === undefined ? [] : [valuesObstacle(pair, false)]),
      ...this.#compareKeywords(kind, parts, { part, wideParts: pair.wideParts }),
      ...checkConditions(parts, part, this),
    ]);
    return [...found, ...pair.choices.flatMap((choice) => checkChoice(parts, choice, this))];
  }

  #compareKeywords(kind: Kind, parts: Alternative, wide: WidePart): readonly Obstacle[] {
    switch (kind) {
      case "number":
        return checkNumber(parts, wide.part);
      case "string":
        return checkString(parts, wide.part);
      case "array":
        return checkArray(parts, wide.part, this);
      default:
        return [...checkFields(parts, wide, this), ...checkFieldRules(parts, wide.part, this)];
    }
  }

  #keyOf(narrow: Alternative, wide: SchemaPlace): string {
    const ids = narrow.map((place) => this.#idOf(place)).sort((one, other) => one - other);
    return `${ids.join(",")}<${this.#idOf(wide)}${this.#toleratesUnnamed ? "~" : ""}`;
  }

  #idOf(place: SchemaPlace): number {
    const known = this.#ids.get(place);
    if (known !== undefined) return known;
    this.#ids.set(place, this.#ids.size);
    return this.#ids.size - 1;
  }
}

interface Pair {
  readonly narrow: Alternative;
  readonly wide: SchemaPlace;
  readonly wideParts: Alternative;
  /** The parts of the wide schema that the narrow one does not have, too. */
  readonly open: Alternative;
  readonly choices: readonly Choice[];
}

const typeObstacle = (narrow: Alternative, wide: SchemaPlace): Obstacle => ({
  path: [],
  aspect: "type",
  narrow: describeTypes(narrow),
  wide: describeTypes([wide]),
  widePlace: wide,
  keyword: "type",
});

const valuesObstacle = ({ narrow, wide }: Pair, isUndecided: boolean): Obstacle => ({
  path: [],
  aspect: "values",
  narrow: describeValues(narrow),
  wide: describeValues([wide]),
  widePlace: wide,
  ...(isUndecided && { undecided: "each of the values is still allowed" }),
});
