import type { Location } from "../diagnostics/diagnostic.js";
import { placeOfKind } from "../schema/accept/kinds.js";
import type { SchemaPlace } from "../schema/accept/schema-place.js";
import { printPointer } from "../schema/pointer.js";
import type { ContractChange, DiffOptions } from "./contract-change.js";
import { Inclusion } from "./schema/inclusion.js";
import { isBlocking, keyOf, type Obstacle } from "./schema/obstacle.js";
import {
  type Difference,
  type Direction,
  differenceCode,
  differenceMessage,
  victimsOf,
} from "./schema-difference.js";

/** A schema of the contract: undefined where there is none, and anything goes. */
export interface SchemaUse {
  readonly schema: SchemaPlace | undefined;
  /** Where the command or event stands. */
  readonly at: Location;
}

export interface Comparison extends DiffOptions {
  readonly direction: Direction;
  /** `chat.say request` */
  readonly where: string;
}

/** The changes between two schemas of one request, reply or event. */
export function compareSchemas(
  before: SchemaUse,
  after: SchemaUse,
  comparison: Comparison,
): readonly ContractChange[] {
  if (before.schema === undefined || after.schema === undefined) return compareOne(before, after, comparison);
  const isRequest = comparison.direction === "request";
  const narrowing = obstaclesOf(before.schema, after.schema, isRequest && !comparison.isStrict);
  const widening = obstaclesOf(after.schema, before.schema, false);
  return differencesOf(narrowing, widening)
    .sort(byPath)
    .map((difference) => changeOf(difference, after.at, comparison));
}

/** A schema on one side alone. */
function compareOne(
  before: SchemaUse,
  after: SchemaUse,
  { direction, where }: Comparison,
): readonly ContractChange[] {
  const given = before.schema ?? after.schema;
  if (given === undefined) return [];
  // A request is an object whatever its schema says.
  const anything = direction === "request" ? [placeOfKind("object")] : [];
  const inclusion = new Inclusion({ toleratesUnnamed: false });
  if (inclusion.proves(anything, given)) return [];
  const isAdded = before.schema === undefined;
  const breaking = isAdded === (direction === "request");
  const fact = isAdded ? "there was no schema, and is one" : "there is no schema any longer";
  return [
    {
      breaking,
      code: isAdded ? "schema-added" : "schema-removed",
      where,
      message: breaking ? `${fact}: ${victimsOf("schema-added", direction)}` : fact,
      at: locationOf(given) ?? after.at,
    },
  ];
}

function obstaclesOf(
  narrow: SchemaPlace,
  wide: SchemaPlace,
  toleratesUnnamed: boolean,
): ReadonlyMap<string, Obstacle> {
  const inclusion = new Inclusion({ toleratesUnnamed });
  const found = inclusion.check([narrow], wide);
  const tooLarge: Obstacle = {
    path: [],
    aspect: "condition",
    narrow: "",
    wide: "the whole schema",
    widePlace: wide,
    narrowPlace: narrow,
    undecided: "the schemas, which are too large to compare to the end, agree",
  };
  const all = inclusion.isExhausted ? [...found, tooLarge] : found;
  return new Map(all.map((obstacle) => [keyOf(obstacle), obstacle]));
}

const differencesOf = (
  narrowing: ReadonlyMap<string, Obstacle>,
  widening: ReadonlyMap<string, Obstacle>,
): Difference[] =>
  [...new Set([...narrowing.keys(), ...widening.keys()])].map((key) => ({
    narrowing: narrowing.get(key),
    widening: widening.get(key),
  }));

const byPath = (one: Difference, other: Difference): number => {
  const [left, right] = [sortKey(one), sortKey(other)];
  return left < right ? -1 : left > right ? 1 : 0;
};

const sortKey = ({ narrowing, widening }: Difference): string => {
  const obstacle = narrowing ?? widening;
  return `${printPointer(obstacle?.path ?? [])}\u0000${obstacle?.aspect}`;
};

function changeOf(difference: Difference, fallback: Location, comparison: Comparison): ContractChange {
  const { direction, where } = comparison;
  const decisive = direction === "request" ? difference.narrowing : difference.widening;
  const breaking = decisive !== undefined && isBlocking(decisive);
  const code = differenceCode(difference, breaking ? decisive : undefined);
  const path = (difference.narrowing ?? difference.widening)?.path ?? [];
  return {
    breaking,
    code,
    where: path.length === 0 ? where : `${where} ${printPointer(path).slice(1)}`,
    message: differenceMessage(difference, { code, direction, decisive: breaking ? decisive : undefined }),
    at: placeOf(difference, code === "field-removed") ?? fallback,
  };
}

/** The place in the new spec, or in the old one of a field that is gone. */
function placeOf({ narrowing, widening }: Difference, isGone: boolean): Location | undefined {
  if (isGone && widening !== undefined) return locationOf(widening.widePlace);
  if (narrowing !== undefined) return locationOf(narrowing.widePlace, narrowing.keyword);
  if (widening === undefined) return undefined;
  const own = widening.narrowPlace && locationOf(widening.narrowPlace, widening.keyword);
  return own ?? locationOf(widening.widePlace, widening.keyword);
}

const locationOf = ({ tokens, document }: SchemaPlace, keyword?: string): Location | undefined =>
  document.locate?.(printPointer([...tokens, ...(keyword === undefined ? [] : [keyword])]).slice(1));
