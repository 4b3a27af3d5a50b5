// Medians and their spread.

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * A server beside the reference: the ratio of the medians, and the least and the greatest ratio of the rounds, whose
 * two measurements were made one shortly after the other.
 */
export function compare(values, allReferences) {
  // The peers are in the first rounds only.
  const references = allReferences.slice(0, values.length);
  const ratios = values.map((value, round) => value / references[round]);
  return {
    ratio: median(values) / median(references),
    least: Math.min(...ratios),
    greatest: Math.max(...ratios),
  };
}
