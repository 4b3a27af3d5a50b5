import type { SchemaPlace } from "../../schema/accept/schema-place.js";
import type { Json } from "../../spec/spec.js";

/** What a schema says something about. */
export const aspects = [
  "type",
  "values",
  "range",
  "length",
  "pattern",
  "format",
  "size",
  "alternatives",
  "condition",
] as const;
export type Aspect = (typeof aspects)[number];

/** A reason why not every value of a narrow schema holds for a wide one. */
export interface Obstacle {
  /** Where in the value: names of fields, indices, `*` for all other fields or all items. */
  readonly path: readonly string[];
  /**
   * `field`: one of the two schemas alone names it. `required`: one alone asks for it. `other-fields`: those that
   * are not named.
   */
  readonly aspect: Aspect | "field" | "required" | "other-fields";
  /** What the narrow schema says, as words: `1 to 5 characters`. */
  readonly narrow: string;
  readonly wide: string;
  /** What is not known, as the rest of "It cannot be decided whether": then there may be no obstacle. */
  readonly undecided?: string;
  /** Nobody is expected to meet it. */
  readonly isTolerated?: boolean;
  readonly narrowPlace?: SchemaPlace;
  readonly widePlace: SchemaPlace;
  /** The keyword of `widePlace` that is in the way. */
  readonly keyword?: string;
}

/** What the checks of single keywords ask of the check that calls them. */
export interface Comparison {
  /** Why not every value that holds for all of `narrow` holds for `wide`; nothing: it is certain that each does. */
  check(narrow: readonly SchemaPlace[], wide: SchemaPlace): readonly Obstacle[];
  /** Whether it is certain that each value of `narrow` holds for `wide`. */
  proves(narrow: readonly SchemaPlace[], wide: SchemaPlace): boolean;
  /** The same where narrow and wide have changed places, so that nothing may be tolerated. */
  provesConverse(narrow: readonly SchemaPlace[], wide: SchemaPlace): boolean;
  /** Whether it is certain that no value holds for all of these. */
  isEmpty(places: readonly SchemaPlace[]): boolean;
  /** Whether fields that a schema does not name are left out of account. */
  readonly toleratesUnnamed: boolean;
}

/** Puts obstacles of a part of a value below the name of that part. */
export const below = (name: string, obstacles: readonly Obstacle[]): readonly Obstacle[] =>
  obstacles.map((obstacle) => ({ ...obstacle, path: [name, ...obstacle.path] }));

export const isBlocking = ({ isTolerated }: Obstacle): boolean => isTolerated !== true;

/** Obstacles of one place and aspect once; one that blocks before one that is tolerated. */
export function withoutRepeats(obstacles: readonly Obstacle[]): readonly Obstacle[] {
  const found = new Map<string, Obstacle>();
  for (const obstacle of obstacles) {
    const key = keyOf(obstacle);
    const known = found.get(key);
    if (known === undefined || (!isBlocking(known) && isBlocking(obstacle))) found.set(key, obstacle);
  }
  return [...found.values()];
}

export const keyOf = ({ path, aspect }: Obstacle): string => JSON.stringify([...path, aspect] satisfies Json);
