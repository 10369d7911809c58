/** Edits between two texts: insertions, deletions, replacements (Levenshtein). */
function editDistance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}

/** Names longer than this are never meant as one of ours. */
const NAME_LENGTH_MAX = 128;

/**
 * The known name that an unknown one most likely means, or `undefined` when none is close.
 * `distanceMax` defaults to a third of the length: more edits than that are another word.
 */
export function nearestName(
  name: string,
  known: Iterable<string>,
  distanceMax: number = Math.ceil(name.length / 3),
): string | undefined {
  if (name.length > NAME_LENGTH_MAX) return undefined;
  let best: string | undefined;
  let bestDistance = distanceMax + 1;
  for (const candidate of known) {
    const distance = editDistance(name, candidate);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}
