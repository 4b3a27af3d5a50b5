import { type AST, RegExpParser } from "@eslint-community/regexpp";

/** A pattern as a plain regular expression that reads every text in at least as many ways. */
export interface RelaxedPattern {
  readonly main: string;
  /** What stands in look-aheads and look-behinds; `isRepeated` when it may be tried at every place of a text. */
  readonly assertions: readonly { readonly source: string; readonly isRepeated: boolean }[];
}

/** A pattern that has no relaxed form; the message is the end of a sentence that begins with the pattern. */
export class Unjudged extends Error {}

/** Up to this many rounds, those of the loops around it included, a loop with an end is judged as it is written. */
const mostRounds = 6;
/** In so many ways the loops with an end and the alternatives of a pattern may read one text. */
const mostWays = 1_000_000;

/**
 * Takes out of a pattern what the theory of automata does not know: look-around, and loops with a large end, which count
 * as endless. @throws {Unjudged}
 */
export function relaxPattern(pattern: string): RelaxedPattern {
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
    // A text that fits may fail at an assertion that was taken out, so the end has to be able to fail.
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
        throw new Unjudged("has a back-reference, for which no limit of its time can be given");
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
