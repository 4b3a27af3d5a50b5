/**
 * Rules that only the validator can hold.
 * At least 1 property; further rules: `propertyNames`, `if`.
 */
export interface Rules {
  kind?: "a" | "b" | undefined;
  /** Holds image/png; base64 in JSON. */
  note?: Uint8Array | undefined;
  /** Exactly 3 items; further rules: `contains`. */
  few?: unknown[] | undefined;
  /** Further rules: `not`. */
  other?: string | undefined;
}
