import type { Automaton } from "./automaton.js";
import { Refusal } from "./automaton.js";
import { doOverlap } from "./code-points.js";

/** Steps that the search may take before it gives up. */
const maxSteps = 2_000_000;

/**
 * True when some text can be read in exponentially many ways: a loop can read it in two ways and come back to
 * where it began. That is what makes a backtracking engine try them all (Weber and Seidl, "On the degree of
 * ambiguity of finite automata", 1991). @throws {Refusal} when that cannot be found out in reasonable time.
 */
export function isExponential(automaton: Automaton): boolean {
  const search = new PairSearch(automaton);
  return loopsOf(automaton).some((loop) => search.hasTwoWays(loop));
}

class PairSearch {
  #steps = 0;

  constructor(readonly automaton: Automaton) {}

  /** Walks two readers through a loop at once: they part, read the same, and meet again. */
  hasTwoWays(loop: ReadonlySet<number>): boolean {
    const parted: (readonly [number, number])[] = [];
    const seen = new Set<number>();
    const size = this.automaton.sets.length;
    const go = (left: number, right: number): boolean => {
      for (const [one, ways] of this.#next(left, loop)) {
        if (left === right && ways > 1) return true;
        for (const [other] of this.#next(right, loop)) {
          this.#count();
          if (!this.#readSame(one, other)) continue;
          if (one === other) {
            if (left !== right) return true;
            continue;
          }
          const key = Math.min(one, other) * size + Math.max(one, other);
          if (!seen.has(key)) parted.push([one, other]);
          seen.add(key);
        }
      }
      return false;
    };
    for (const position of loop) if (go(position, position)) return true;
    for (let pair = parted.pop(); pair !== undefined; pair = parted.pop()) if (go(...pair)) return true;
    return false;
  }

  #next(position: number, loop: ReadonlySet<number>): readonly (readonly [number, number])[] {
    return [...(this.automaton.follow[position] ?? [])].filter(([to]) => loop.has(to));
  }

  #readSame(left: number, right: number): boolean {
    return doOverlap(this.automaton.sets[left] ?? [], this.automaton.sets[right] ?? []);
  }

  #count(): void {
    this.#steps += 1;
    if (this.#steps > maxSteps) throw new Refusal("is too intricate to be checked");
  }
}

/** The loops of an automaton: its strongly connected components, by Tarjan's algorithm with a stack of its own. */
function loopsOf({ follow }: Automaton): readonly ReadonlySet<number>[] {
  const order = new Map<number, number>();
  const low = new Map<number, number>();
  const stack: number[] = [];
  const onStack = new Set<number>();
  const loops: Set<number>[] = [];
  const lower = (position: number, to: number): void => {
    low.set(position, Math.min(low.get(position) ?? to, to));
  };
  const enter = (position: number) => {
    order.set(position, order.size);
    low.set(position, order.size - 1);
    stack.push(position);
    onStack.add(position);
    return { position, steps: (follow[position] ?? new Map<number, number>()).keys() };
  };
  for (let start = 0; start < follow.length; start += 1) {
    const path = order.has(start) ? [] : [enter(start)];
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const { done, value } = top.steps.next();
      if (!done) {
        if (!order.has(value)) path.push(enter(value));
        else if (onStack.has(value)) lower(top.position, order.get(value) ?? 0);
        continue;
      }
      path.pop();
      const parent = path.at(-1);
      if (parent !== undefined) lower(parent.position, low.get(top.position) ?? 0);
      if (low.get(top.position) === order.get(top.position))
        loops.push(popLoop(top.position, stack, onStack));
    }
  }
  return loops.filter(
    (loop) => loop.size > 1 || [...loop].some((position) => follow[position]?.has(position)),
  );
}

function popLoop(root: number, stack: number[], onStack: Set<number>): Set<number> {
  const loop = new Set<number>();
  for (let position = stack.pop(); position !== undefined; position = stack.pop()) {
    loop.add(position);
    onStack.delete(position);
    if (position === root) break;
  }
  return loop;
}
