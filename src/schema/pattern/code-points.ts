/** Sets of code points: sorted ranges that do not touch, both ends included. */
export type CodePoints = readonly (readonly [first: number, last: number])[];

const lastCodePoint = 0x10ffff;

export const everything: CodePoints = [[0, lastCodePoint]];

export function unionOf(sets: readonly CodePoints[]): CodePoints {
  const ranges = sets.flat().sort(([left], [right]) => left - right);
  const merged: [number, number][] = [];
  for (const [first, last] of ranges) {
    const previous = merged.at(-1);
    if (previous !== undefined && first <= previous[1] + 1) previous[1] = Math.max(previous[1], last);
    else merged.push([first, last]);
  }
  return merged;
}

export function complementOf(set: CodePoints): CodePoints {
  const gaps: [number, number][] = [];
  let next = 0;
  for (const [first, last] of set) {
    if (first > next) gaps.push([next, first - 1]);
    next = last + 1;
  }
  if (next <= lastCodePoint) gaps.push([next, lastCodePoint]);
  return gaps;
}

export function doOverlap(left: CodePoints, right: CodePoints): boolean {
  let [i, j] = [0, 0];
  for (;;) {
    const a = left[i];
    const b = right[j];
    if (a === undefined || b === undefined) return false;
    if (a[1] < b[0]) i += 1;
    else if (b[1] < a[0]) j += 1;
    else return true;
  }
}

const known = new Map<string, CodePoints>();

/** The code points that an expression of one character matches: `\p{L}`. Asks the engine, once for each. */
export function matchedBy(source: string): CodePoints {
  const ready = known.get(source);
  if (ready !== undefined) return ready;
  const pattern = new RegExp(`^${source}$`, "u");
  const ranges: [number, number][] = [];
  for (let point = 0; point <= lastCodePoint; point += 1) {
    if (!pattern.test(String.fromCodePoint(point))) continue;
    const previous = ranges.at(-1);
    if (previous !== undefined && previous[1] === point - 1) previous[1] = point;
    else ranges.push([point, point]);
  }
  known.set(source, ranges);
  return ranges;
}
