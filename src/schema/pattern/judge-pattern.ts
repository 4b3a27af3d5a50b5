import recheck from "recheck/lib/browser.js";
import { relaxPattern, Unjudged } from "./relax-pattern.js";

/** How the time of a pattern grows with the length of a text, at worst. */
export type PatternCost =
  /** As a power of the length: 1 is linear. */
  | { readonly kind: "polynomial"; readonly degree: number }
  | { readonly kind: "exponential" }
  /** `reason` is the end of a sentence that begins with the pattern. */
  | { readonly kind: "unknown"; readonly reason: string };

/** Longer patterns are not judged. */
const maxPatternLength = 5_000;
/** A verdict takes milliseconds, for patterns of several hundred characters seconds: no generator should wait longer for one. */
const budgetMs = 5_000;

const judged = new Map<string, PatternCost>();

/** Judges a regular expression (ECMA-262, with the `u` flag) by recheck's automata; errs on the safe side. */
export function judgePattern(pattern: string, withinMs = budgetMs): PatternCost {
  const cost = judged.get(pattern) ?? judge(pattern, withinMs);
  judged.set(pattern, cost);
  return cost;
}

function judge(pattern: string, withinMs: number): PatternCost {
  if (pattern.length > maxPatternLength) return { kind: "unknown", reason: "is too long to be judged" };
  try {
    const { main, assertions } = relaxPattern(pattern);
    const end = performance.now() + withinMs;
    let worst = 1;
    for (const { source, isRepeated } of [{ source: main, isRepeated: false }, ...assertions]) {
      const degree = degreeOf(source, Math.max(1, Math.ceil(end - performance.now())));
      if (degree === undefined) return { kind: "exponential" };
      worst = Math.max(worst, degree + (isRepeated ? 1 : 0));
    }
    return { kind: "polynomial", degree: worst };
  } catch (error) {
    const reason = error instanceof Unjudged ? error.message : "is too intricate to be judged";
    return { kind: "unknown", reason };
  }
}

/** 0 where the time has an end whatever the text; undefined: exponential. @throws {Unjudged} */
function degreeOf(source: string, timeout: number): number | undefined {
  const verdict = recheck.checkSync(source, "u", { checker: "automaton", timeout });
  if (verdict.status === "unknown")
    throw new Unjudged(
      verdict.error.kind === "timeout"
        ? `takes longer to be judged than the ${budgetMs / 1_000} seconds that wsgen gives a pattern`
        : "is too intricate to be judged",
    );
  const { complexity } = verdict;
  if (complexity.type === "polynomial") return complexity.degree;
  if (complexity.type === "exponential") return undefined;
  return complexity.type === "linear" ? 1 : 0;
}
