/** Every kind of schema that is no object. */
export interface Anything {
  any?: unknown;
  none?: never;
  empty?: unknown;
  /** An integer. */
  int?: number;
  nothing?: null;
  either?: number | boolean;
  list?: unknown[];
  map?: Record<string, unknown>;
  closed?: Record<string, never>;
  fixed?: [];
}
