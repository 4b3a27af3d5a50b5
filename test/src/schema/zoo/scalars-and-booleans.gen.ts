/** Every kind of schema that is no object. */
export interface Anything {
  any?: unknown;
  none?: undefined;
  empty?: unknown;
  /** An integer. */
  int?: number | undefined;
  nothing?: null | undefined;
  either?: number | boolean | undefined;
  list?: unknown[] | undefined;
  map?: Record<string, unknown> | undefined;
  closed?: Record<string, never> | undefined;
  fixed?: [] | undefined;
}
