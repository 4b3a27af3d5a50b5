import { type AST, RegExpParser } from "@eslint-community/regexpp";
import recheck from "recheck/lib/browser.js";

/** How the time of a pattern grows with the length of a string, at worst. */
export type PatternCost =
  /** As a power of the length: 1 is linear. */
  | { readonly kind: "polynomial"; readonly degree: number }
  | { readonly kind: "exponential" }
  /** `reason` is the end of a sentence that begins with the pattern. */
  | { readonly kind: "unknown"; readonly reason: string };

/** Longer patterns are not judged. */
const maxPatternLength = 5_000;
/** A verdict takes milliseconds, or seconds for patterns of several hundred characters. */
const budgetMs = 5_000;

const judged = new Map<string, PatternCost>();

/** Judges a regular expression (ECMA-262, with the `u` flag) by recheck's automata; never calls a slow pattern fast. */
export function judgePattern(pattern: string, withinMs = budgetMs): PatternCost {
  const cost = judged.get(pattern) ?? judge(pattern, withinMs);
  judged.set(pattern, cost);
  return cost;
}

function judge(pattern: string, withinMs: number): PatternCost {
  if (pattern.length > maxPatternLength) return { kind: "unknown", reason: "is too long to be analysed" };
  try {
    const { main, assertions } = relaxPattern(pattern);
    const end = performance.now() + withinMs;
    let worst = 1;
    for (const { source, isRepeated } of [{ source: main, isRepeated: false }, ...assertions]) {
      const degree = measureDegree(source, Math.max(1, Math.ceil(end - performance.now())));
      if (degree === undefined) return { kind: "exponential" };
      worst = Math.max(worst, degree + (isRepeated ? 1 : 0));
    }
    return { kind: "polynomial", degree: worst };
  } catch (error) {
    const reason = error instanceof Unjudged ? error.message : "is too complex to be analysed";
    return { kind: "unknown", reason };
  }
}

/** 0 if the time has a limit for any string; undefined if it is exponential. @throws {Unjudged} */
function measureDegree(source: string, timeout: number): number | undefined {
  const verdict = recheck.checkSync(source, "u", { checker: "automaton", timeout });
  if (verdict.status === "unknown")
    throw new Unjudged(
      verdict.error.kind === "timeout"
        ? `cannot be analysed within ${budgetMs / 1_000} seconds`
        : "is too complex to be analysed",
    );
  const { complexity } = verdict;
  if (complexity.type === "polynomial") return complexity.degree;
  if (complexity.type === "exponential") return undefined;
  return complexity.type === "linear" ? 1 : 0;
}

/** A pattern as a plain regular expression that reads every string in at least as many ways. */
interface RelaxedPattern {
  readonly main: string;
  /** The patterns in look-aheads and look-behinds; `isRepeated` if one can be tried at every place of a string. */
  readonly assertions: readonly { readonly source: string; readonly isRepeated: boolean }[];
}

/** A pattern that has no relaxed form; the message is the end of a sentence that begins with the pattern. */
class Unjudged extends Error {}

/** A loop with an end is judged as written up to this many rounds, including those of the loops around it. */
const mostRounds = 6;
/** The most ways in which the alternatives and the loops with an end of a pattern may read one string. */
const mostWays = 1_000_000;

/**
 * Removes from a pattern what automata cannot express: look-around, and loops with a large end, which count
 * as endless. @throws {Unjudged}
 */
function relaxPattern(pattern: string): RelaxedPattern {
  const parser = new RegExpParser({ ecmaVersion: 2024 });
  const { alternatives } = parser.parsePattern(pattern, 0, pattern.length, { unicode: true });
  const relaxed = new Relaxation(mostRounds).run(alternatives);
  return relaxed.ways <= mostWays ? relaxed : new Relaxation(0).run(alternatives);
}

class Relaxation {
  readonly #mostRounds: number;
  readonly #assertions: { source: string; isRepeated: boolean }[] = [];
  /** Rounds of the loops around the place; infinite within an endless one. */
  #rounds = 1;
  #ways = 1;

  constructor(mostRounds: number) {
    this.#mostRounds = mostRounds;
  }

  run(alternatives: readonly AST.Alternative[]): RelaxedPattern & { readonly ways: number } {
    const isAnchored = alternatives.every(
      ({ elements: [first] }) => first?.type === "Assertion" && first.kind === "start",
    );
    if (!isAnchored) this.#rounds = Number.POSITIVE_INFINITY;
    const source = this.#either(alternatives);
    // A string that matches can fail at an assertion that was removed, so the end must be able to fail.
    const main = this.#assertions.length > 0 ? `(?:${source})$` : source;
    return { main, assertions: this.#assertions, ways: this.#ways };
  }

  #either(alternatives: readonly AST.Alternative[]): string {
    return alternatives
      .map(({ elements }) => elements.map((element) => this.#relax(element)).join(""))
      .join("|");
  }

  #relax(element: AST.Element): string {
    switch (element.type) {
      case "Character":
      case "CharacterSet":
      case "CharacterClass":
        return element.raw;
      case "Group":
      case "CapturingGroup":
        return this.#group(element);
      case "Quantifier":
        return this.#repeat(element);
      case "Assertion":
        return this.#assertion(element);
      default:
        throw new Unjudged("has a back-reference, so its time cannot be limited");
    }
  }

  #group({ alternatives }: AST.Group | AST.CapturingGroup): string {
    this.#countWays(alternatives.length);
    const isLoop = this.#mostRounds === 0 && alternatives.length > 1;
    return `(?:${this.#either(alternatives)})${isLoop ? "*" : ""}`;
  }

  #repeat({ element, min, max }: AST.Quantifier): string {
    const around = this.#rounds;
    this.#rounds = around * Math.max(1, max);
    const body = this.#relax(element);
    this.#rounds = around;
    if (body === "") return "";
    const inside = Number.isFinite(around) ? around : 1;
    if (max * inside <= this.#mostRounds) {
      this.#countWays((max - min + 1) ** inside);
      return `(?:${body}){${min},${max}}`;
    }
    return `(?:${body})${min === 0 ? "*" : "+"}`;
  }

  #assertion(assertion: AST.Assertion): string {
    if (assertion.kind === "start" || assertion.kind === "end") return assertion.raw;
    if (!("alternatives" in assertion)) return "";
    const isRepeated = this.#rounds > 1;
    const source = `^(?:${this.#either(assertion.alternatives)})$`;
    this.#assertions.push({ source, isRepeated });
    return "";
  }

  #countWays(ways: number): void {
    this.#ways *= ways;
  }
}
