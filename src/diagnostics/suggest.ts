/**
 * The candidate that is nearest to a mistyped word: at most a third of its letters differ.
 * Undefined if no candidate is that near.
 */
export const suggest = (word: string, candidates: Iterable<string>): string | undefined =>
  suggestAll(word, candidates)[0];

/** Every candidate that `suggest` considers near enough, the nearest first. */
export function suggestAll(word: string, candidates: Iterable<string>): readonly string[] {
  const wanted = word.toLowerCase();
  return [...candidates]
    .map((candidate) => {
      const length = Math.max(word.length, candidate.length);
      const allowed = Math.max(1, Math.floor(length / 3));
      const isLonger = Math.abs(candidate.length - word.length) > allowed;
      const distance = isLonger ? Number.POSITIVE_INFINITY : editDistance(wanted, candidate.toLowerCase());
      return { candidate, allowed, distance };
    })
    .filter(({ allowed, distance }) => distance <= allowed)
    .sort((one, other) => one.distance - other.distance)
    .map(({ candidate }) => candidate);
}

/** The end of a message about an unknown word: a suggestion, or a full stop. */
export const didYouMean = (suggestion: string | undefined): string =>
  suggestion === undefined ? "." : `; did you mean '${suggestion}'?`;

/** Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours each count one. */
function editDistance(left: string, right: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const cost = left[row - 1] === right[column - 1] ? 0 : 1;
      const swapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      current[column] = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + cost,
        swapped ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    beforeLast = last;
    last = current;
  }
  return at(last, right.length);
}

const at = (row: readonly number[], column: number): number => row[column] ?? Number.POSITIVE_INFINITY;
