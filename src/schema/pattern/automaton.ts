/** The position automaton (Glushkov) of a regular expression, which knows in how many ways a step can be made. */
import type { AST } from "@eslint-community/regexpp";
import { type CodePoints, complementOf, matchedBy, unionOf } from "./code-points.js";

/** Positions by number; a step is made in so many ways, counted up to 2. */
export type Steps = ReadonlyMap<number, number>;

export interface Automaton {
  /** What each position of the expression matches. */
  readonly sets: readonly CodePoints[];
  /** The positions that can come after each. */
  readonly follow: readonly Steps[];
}

/** A reason for which an expression is not accepted, as the end of a sentence that begins with it. */
export class Refusal extends Error {}

/** Larger expressions are refused. */
const maxPositions = 3_000;
/** Copies of a repeated part that are written out; beyond, the part is taken as repeated without end. */
const maxCopied = 200;

/** What can be first and last in a part of an expression, and in how many ways it can be empty. */
interface Fragment {
  readonly first: Steps;
  readonly last: Steps;
  readonly empty: number;
}

const nothing: Fragment = { first: new Map(), last: new Map(), empty: 1 };

/** The automata of an expression and of every look-ahead and look-behind in it. @throws {Refusal} */
export function automataOf(alternatives: readonly AST.Alternative[]): readonly Automaton[] {
  const builder = new AutomatonBuilder();
  builder.either(alternatives);
  return [builder.automaton, ...builder.inner];
}

class AutomatonBuilder {
  readonly inner: Automaton[] = [];
  readonly #sets: CodePoints[] = [];
  readonly #follow: Map<number, number>[] = [];

  get automaton(): Automaton {
    return { sets: this.#sets, follow: this.#follow };
  }

  either(alternatives: readonly AST.Alternative[]): Fragment {
    const parts = alternatives.map(({ elements }) =>
      this.#sequence(elements.map((element) => () => this.#build(element))),
    );
    return {
      first: merge(parts.map(({ first }) => first)),
      last: merge(parts.map(({ last }) => last)),
      empty: Math.min(
        2,
        parts.reduce((sum, { empty }) => sum + empty, 0),
      ),
    };
  }

  #sequence(builders: readonly (() => Fragment)[]): Fragment {
    let whole = nothing;
    for (const build of builders) {
      const next = build();
      this.#link(whole.last, next.first);
      whole = {
        first: merge([whole.first, scale(next.first, whole.empty)]),
        last: merge([scale(whole.last, next.empty), next.last]),
        empty: Math.min(2, whole.empty * next.empty),
      };
    }
    return whole;
  }

  #build(element: AST.Element): Fragment {
    switch (element.type) {
      case "Character":
      case "CharacterSet":
      case "CharacterClass":
        return this.#position(codePointsOf(element));
      case "Group":
      case "CapturingGroup":
        return this.either(element.alternatives);
      case "Quantifier":
        return this.#repeat(element);
      case "Assertion":
        if ("alternatives" in element) this.inner.push(...automataOf(element.alternatives));
        return nothing;
      default:
        throw new Refusal("holds a back-reference, for which no limit of its time can be given");
    }
  }

  #position(set: CodePoints): Fragment {
    if (this.#sets.length >= maxPositions) throw new Refusal("is too large to be checked");
    const position = this.#sets.push(set) - 1;
    this.#follow.push(new Map());
    return { first: new Map([[position, 1]]), last: new Map([[position, 1]]), empty: 0 };
  }

  #repeat({ element, min, max }: AST.Quantifier): Fragment {
    const before = this.#sets.length;
    const body = this.#build(element);
    if (max === 0) return nothing;
    if (min >= 2 && body.empty > 0) throw new Refusal("repeats a part that can be empty a number of times");
    if (max === 1) return { ...body, empty: Math.min(2, body.empty + (min === 0 ? 1 : 0)) };
    const size = this.#sets.length - before;
    if (min === max && min * size <= maxCopied) {
      const copies = Array.from({ length: min - 1 }, () => () => this.#build(element));
      return this.#sequence([() => body, ...copies]);
    }
    this.#link(body.last, body.first);
    // An empty round ends the loop, so that it adds no way of its own.
    return { ...body, empty: min === 0 || body.empty > 0 ? 1 : 0 };
  }

  #link(last: Steps, first: Steps): void {
    for (const [from, outWays] of last) {
      const steps = this.#follow[from];
      for (const [to, inWays] of first) steps?.set(to, Math.min(2, (steps.get(to) ?? 0) + outWays * inWays));
    }
  }
}

const merge = (all: readonly Steps[]): Steps => {
  const merged = new Map<number, number>();
  for (const steps of all)
    for (const [to, ways] of steps) merged.set(to, Math.min(2, (merged.get(to) ?? 0) + ways));
  return merged;
};

const scale = (steps: Steps, factor: number): Steps =>
  factor === 0 ? new Map() : new Map([...steps].map(([to, ways]) => [to, Math.min(2, ways * factor)]));

type CharacterNode = AST.Character | AST.CharacterSet | AST.CharacterClass | AST.CharacterClassRange;

function codePointsOf(node: CharacterNode): CodePoints {
  if (node.type === "Character") return [[node.value, node.value]];
  if (node.type === "CharacterClassRange") return [[node.min.value, node.max.value]];
  if (node.type === "CharacterSet") return matchedBy(node.raw);
  const set = unionOf(node.elements.map((element) => codePointsOf(element as CharacterNode)));
  return node.negate ? complementOf(set) : set;
}
