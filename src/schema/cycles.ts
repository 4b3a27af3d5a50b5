/** What each name uses directly; every used name is a key, too. */
export type Uses = ReadonlyMap<string, ReadonlySet<string>>;

/** The names in a cycle, or between two cycles. Linear in the number of uses. */
export const findNamesInCycles = (uses: Uses): ReadonlySet<string> =>
  new Set(removeEnds(reverseUses(removeEnds(uses))).keys());

/** Removes, one after the other, the names that use no remaining name. */
function removeEnds(uses: Uses): Uses {
  const counts = new Map([...uses].map(([name, used]) => [name, used.size]));
  const users = reverseUses(uses);
  const ends = [...counts].filter(([, count]) => count === 0).map(([name]) => name);
  // The list grows while it is walked.
  for (const name of ends) {
    for (const user of users.get(name) ?? []) {
      const count = (counts.get(user) ?? 0) - 1;
      counts.set(user, count);
      if (count === 0) ends.push(user);
    }
  }
  const gone = new Set(ends);
  const kept = [...uses].filter(([name]) => !gone.has(name));
  return new Map(kept.map(([name, used]) => [name, new Set([...used].filter((part) => !gone.has(part)))]));
}

function reverseUses(uses: Uses): Uses {
  const users = new Map<string, Set<string>>([...uses.keys()].map((name) => [name, new Set()]));
  for (const [name, used] of uses) for (const part of used) users.get(part)?.add(name);
  return users;
}
