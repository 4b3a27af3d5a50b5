import { RegExpParser } from "@eslint-community/regexpp";
import { isExponential } from "./pattern/ambiguity.js";
import { automataOf, Refusal } from "./pattern/automaton.js";

/**
 * Why a pattern must not be run on what clients send, as the end of a sentence that begins with it: it is no
 * regular expression (ECMA-262, with the `u` flag), it can take exponential time, or that cannot be told.
 * Undefined when it may be run. The check errs on the safe side.
 */
export function findDanger(pattern: string): string | undefined {
  try {
    new RegExp(pattern, "u");
    const { alternatives } = new RegExpParser({ ecmaVersion: 2024 }).parsePattern(
      pattern,
      0,
      pattern.length,
      { unicode: true },
    );
    const isDangerous = automataOf(alternatives).some(isExponential);
    return isDangerous
      ? "can take exponential time: some text can be read by it in too many ways"
      : undefined;
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    if (error instanceof SyntaxError) return `is no regular expression: ${error.message}`;
    throw error;
  }
}
