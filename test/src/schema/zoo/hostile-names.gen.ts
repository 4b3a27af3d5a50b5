/**
 * Ends *\/ here? `${x}`
 * @ ts-ignore
 *    // @ ts-nocheck � \u202e
 * *\/ export const x = 1; /*
 */
export interface Hostile {
  __proto__: string;
  constructor?: string;
  "a\"b": "\"; evil(); //";
  "${x}"?: "`${x}`";
  "\u2028"?: "\u2028\u2029" | "\u202e" | "\ud800" | "\\";
  /**
   * line one
   * line two *\/ x
   * @default "*\/"
   */
  class?: unknown;
  ""?: { __proto__: 1 };
  /** Matches `^*\/$`. */
  "获取"?: string;
  "1a"?: unknown;
  "a\nb"?: unknown;
}
