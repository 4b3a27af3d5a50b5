/** A violation of a schema. */
export interface ValidationProblem {
  /** The place: a JSON Pointer (RFC 6901) from the checked value; `""` is that value. */
  readonly pointer: string;
  /** The violated JSON Schema keyword: `required`, `maxLength`. */
  readonly rule: string;
  /** The expectation, as the end of a sentence about the value: "must be a string". */
  readonly message: string;
}

/**
 * Checks a value of `JSON.parse`. @returns undefined if it is valid, otherwise 1 to `maxProblems` problems
 */
export type Validator = (value: unknown) => ValidationProblem[] | undefined;

/** The most reported problems. More would only cost memory and bytes of the reply. */
export const maxProblems = 100;

/** The deepest nesting of a value in a schema that refers to itself. */
export const maxDepth = 256;

/**
 * The most recursive calls for one value. If the alternatives of a schema check the same parts, the work doubles with every
 * level of nesting. A value that needs more calls is refused.
 */
export const maxCalls = 200_000;

let calls = 0;

/** Counts a recursive call. Every recursive function calls it first. `depth` is 0 at the root of a value. */
export function isTooDeep(depth: number): boolean {
  calls = depth === 0 ? 0 : calls + 1;
  return depth > maxDepth || calls > maxCalls;
}

/** Adds a problem to a list, which is created with the first problem. A full list does not change. */
export function addProblem(
  problems: ValidationProblem[] | undefined,
  ...[pointer, rule, message]: [pointer: string, rule: string, message: string]
): ValidationProblem[] {
  const list = problems ?? [];
  if (list.length < maxProblems) list.push({ pointer, rule, message });
  return list;
}

/** Adds the problems of a part of the value. `pointer` is the place of the part and precedes their pointers. */
export function addProblems(
  problems: ValidationProblem[] | undefined,
  pointer: string,
  found: readonly ValidationProblem[],
): ValidationProblem[] {
  const list = problems ?? [];
  for (const problem of found) {
    if (list.length === maxProblems) break;
    list.push({ ...problem, pointer: pointer + problem.pointer });
  }
  return list;
}

/** A client chooses the names of unknown properties; a problem repeats at most this many characters of them. */
const maxShownName = 128;

/** A property name, or the beginning of a long one, as a token of a JSON Pointer (RFC 6901 §3). */
export const pointerToken = (name: string): string =>
  name.slice(0, maxShownName).replaceAll("~", "~0").replaceAll("/", "~1");

/**
 * The fields that a schema names, for code that removes all others. Each member applies to one kind of value. Without any
 * member for properties or items, all of them are known.
 */
export interface KnownFields {
  /** Named properties. */
  readonly properties?: Readonly<Record<string, KnownFields>>;
  /** Properties that only `required` names. */
  readonly required?: readonly string[];
  /** Properties by the patterns of their names. */
  readonly patterns?: readonly (readonly [pattern: RegExp, fields: KnownFields])[];
  /** All other properties: `additionalProperties`. */
  readonly others?: KnownFields;
  /** The first items: `prefixItems`. */
  readonly first?: readonly KnownFields[];
  /** All other items. */
  readonly items?: KnownFields;
  /** The fields of a referenced schema. They apply to the same value. */
  readonly ref?: () => KnownFields;
  /** `allOf`: all of them apply to the same value. */
  readonly all?: readonly KnownFields[];
  /** `anyOf`, `oneOf`, `if`: of each group, those that fit the value apply. If none fits, all apply. */
  readonly choices?: readonly (readonly KnownChoice[])[];
}

/** One of several schemas. */
export interface KnownChoice {
  /** True if the schema accepts the value, which is a value of `JSON.parse`. */
  readonly fits: (value: unknown) => boolean;
  readonly fields: KnownFields;
}
