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
 * Calls of functions that call themselves, for one value. A schema whose alternatives look into the same parts
 * doubles the work with every level of nesting; a value that would cost more than this is refused.
 */
export const maxCalls = 200_000;

let calls = 0;

/** Asked by every function that may call itself, before anything else: `depth` is 0 where a value is begun. */
export function isTooDeep(depth: number): boolean {
  calls = depth === 0 ? 0 : calls + 1;
  return depth > maxDepth || calls > maxCalls;
}

/** Adds a problem to a list that is made with the first; the list stays as it is once it is full. */
export function addProblem(
  problems: ValidationProblem[] | undefined,
  ...[pointer, rule, message]: [pointer: string, rule: string, message: string]
): ValidationProblem[] {
  const list = problems ?? [];
  if (list.length < maxProblems) list.push({ pointer, rule, message });
  return list;
}

/** Adds what was found within a part of the value, whose place is put before its pointers. */
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
 * The fields that a schema names in a value, for code that must leave out the others. Each part holds for its kind of value;
 * a part that is not there says nothing, and where nothing is said of properties or items, all of them are known.
 */
export interface KnownFields {
  /** Named properties. */
  readonly properties?: Readonly<Record<string, KnownFields>>;
  /** Properties that `required` names and nothing describes. */
  readonly required?: readonly string[];
  /** Properties by the patterns of their names. */
  readonly patterns?: readonly (readonly [pattern: RegExp, fields: KnownFields])[];
  /** All other properties: `additionalProperties`. */
  readonly others?: KnownFields;
  /** The first items: `prefixItems`. */
  readonly first?: readonly KnownFields[];
  /** All other items. */
  readonly items?: KnownFields;
  /** Holds for the same value: a schema that is referred to. */
  readonly ref?: () => KnownFields;
  /** Hold for the same value: `allOf`. */
  readonly all?: readonly KnownFields[];
  /** Of each group those hold that fit the value, and all where none does: `anyOf`, `oneOf`, `if`. */
  readonly choices?: readonly (readonly KnownChoice[])[];
}

/** One of several schemas. */
export interface KnownChoice {
  /** Asked of the value as `JSON.parse` gives it. */
  readonly fits: (value: unknown) => boolean;
  readonly fields: KnownFields;
}
