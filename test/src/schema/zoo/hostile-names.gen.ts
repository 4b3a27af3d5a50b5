/**
 * Ends *\/ here? `${x}`
 * @ ts-ignore
 *    // @ ts-nocheck � \u202e
 * *\/ export const x = 1; /*
 */
export interface Hostile {
  __proto__: string;
  constructor?: string | undefined;
  "a\"b": "\"; evil(); //";
  "${x}"?: "`${x}`" | undefined;
  "\u2028"?: "\u2028\u2029" | "\u202e" | "\ud800" | "\\" | undefined;
  /**
   * line one
   * line two *\/ x
   * @default "*\/"
   */
  class?: unknown;
  ""?: { __proto__: 1 } | undefined;
  /** Matches `^*\/$`. */
  "获取"?: string | undefined;
  "1a"?: unknown;
  "a\nb"?: unknown;
}
