/**
 * The fields that a schema names in a value, for whoever must leave out the others. Each part holds for its kind of value;
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
