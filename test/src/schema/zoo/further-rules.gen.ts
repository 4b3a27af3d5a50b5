/**
 * Rules that only the validator can hold.
 * At least 1 property; further rules: `propertyNames`, `if`.
 */
export interface Rules {
  kind?: "a" | "b";
  /** Holds image/png; encoded as base64. */
  note?: string;
  /** Exactly 3 items; further rules: `contains`. */
  few?: unknown[];
  /** Further rules: `not`. */
  other?: string;
}
