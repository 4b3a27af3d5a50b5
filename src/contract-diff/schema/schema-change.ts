import type { SchemaPlace } from "./schema-place.js";

/** The restrictions that a schema can have. */
export const aspects = [
  "type",
  "values",
  "range",
  "length",
  "pattern",
  "format",
  "encoding",
  "size",
  "alternatives",
  "condition",
] as const;
type Aspect = (typeof aspects)[number];

/**
 * `narrowed`: some values are no longer valid. `widened`: some are valid that were not. `changed`: both.
 * `unknown`: the keywords differ, and the structure alone does not show the effect on values.
 */
export type Effect = "narrowed" | "widened" | "changed" | "unknown";

/** One difference between two schemas, at one place of the value. */
export interface SchemaChange {
  /** The place in the value: names of fields, indices, `*` for all other fields or all items. */
  readonly path: readonly string[];
  /** `field`: only one side has the field. `required`: only one side requires it. `other-fields`: unnamed fields. */
  readonly aspect: Aspect | "field" | "required" | "other-fields";
  readonly effect: Effect;
  /** The old rule in words: `1 to 5 characters`. */
  readonly was: string;
  readonly is: string;
  /** The place of the rule in the new schema, or in the old one if the new one has no such rule. */
  readonly place: SchemaPlace | undefined;
  readonly keyword?: string;
  /** The old schema did not mention the field, and no client is expected to have sent it. */
  readonly isTolerated?: boolean;
  /** Whether nothing is refused of values that arrive as texts, as those of a handshake do. */
  readonly takesTexts?: boolean;
}

/** The change of a rule of the value itself; empty without an effect. */
export const reportChange = (
  aspect: SchemaChange["aspect"],
  effect: Effect | undefined,
  details: Omit<SchemaChange, "path" | "aspect" | "effect">,
): readonly SchemaChange[] => (effect === undefined ? [] : [{ path: [], aspect, effect, ...details }]);

/** The effect of two changes together. */
export const combineEffects = (one: Effect | undefined, other: Effect | undefined): Effect | undefined => {
  if (one === undefined || one === other) return other;
  if (other === undefined) return one;
  return one === "unknown" || other === "unknown" ? "unknown" : "changed";
};

/** The effect of what only the old side allows, and of what only the new one allows. */
export const getEffect = (isNarrower: boolean, isWider: boolean): Effect | undefined =>
  isNarrower && isWider ? "changed" : isNarrower ? "narrowed" : isWider ? "widened" : undefined;

/** Puts the changes of a part of the value below the name of that part. */
export const nest = (name: string, changes: readonly SchemaChange[]): readonly SchemaChange[] =>
  changes.map((change) => ({ ...change, path: [name, ...change.path] }));

/** One change for each place of the value and aspect. */
export function mergeChanges(changes: readonly SchemaChange[]): readonly SchemaChange[] {
  const found = new Map<string, SchemaChange>();
  for (const change of changes) {
    const rule = change.aspect === "condition" ? [change.keyword] : [];
    const key = JSON.stringify([...change.path, change.aspect, ...rule]);
    const known = found.get(key);
    const effect = combineEffects(known?.effect, change.effect) ?? change.effect;
    const isTolerated = change.isTolerated === true && known?.isTolerated !== false;
    const takesTexts = change.takesTexts === true && known?.takesTexts !== false;
    found.set(key, { ...(known ?? change), effect, isTolerated, takesTexts });
  }
  return [...found.values()];
}
