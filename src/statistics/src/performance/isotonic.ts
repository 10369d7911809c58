/** An ascending map in straight lines between knots, constant beyond the first and the last. */
export type Knots = readonly (readonly [x: number, y: number])[];

interface Block {
  readonly first: number;
  last: number;
  sum: number;
  weight: number;
}

/**
 * Least-squares ascending fit by pool adjacent violators (Ayer and others, 1955): neighbours whose
 * means fall are pooled until none do. Equal x are pooled first, as no map can tell them apart.
 *
 * @returns the ends of each block at its mean, ascending in both; none without values
 *
 * @example
 * isotonicFit([0.1, 0.4, 0.8], [0, 1, 0]); // [[0.1, 0], [0.4, 0.5], [0.8, 0.5]]
 */
export function isotonicFit(x: ArrayLike<number>, y: ArrayLike<number>): Knots {
  const order = Array.from({ length: x.length }, (_, index) => index).toSorted(
    (a, b) => (x[a] ?? 0) - (x[b] ?? 0),
  );
  const blocks: Block[] = [];
  for (const index of order) {
    const at = x[index] ?? 0;
    const last = blocks.at(-1);
    if (last?.first === at && last.last === at) {
      last.sum += y[index] ?? 0;
      last.weight += 1;
      continue;
    }
    poolLast(blocks);
    blocks.push({ first: at, last: at, sum: y[index] ?? 0, weight: 1 });
  }
  poolLast(blocks);
  return blocks.flatMap(({ first, last, sum, weight }) => {
    const mean = sum / weight;
    return first === last
      ? [[first, mean] as const]
      : ([
          [first, mean],
          [last, mean],
        ] as const);
  });
}

/** Pools the last block with those before it while their means do not ascend. */
function poolLast(blocks: Block[]): void {
  for (;;) {
    const last = blocks.at(-1);
    const before = blocks.at(-2);
    if (last === undefined || before === undefined) return;
    if (before.sum * last.weight < last.sum * before.weight) return;
    before.last = last.last;
    before.sum += last.sum;
    before.weight += last.weight;
    blocks.pop();
  }
}

/** The value of the map at x; x itself without knots. */
export function isotonicValue(knots: Knots, x: number): number {
  let low = 0;
  let high = knots.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((knots[middle]?.[0] ?? 0) < x) low = middle + 1;
    else high = middle;
  }
  const above = knots[low];
  const below = knots[low - 1];
  if (above === undefined) return below?.[1] ?? x;
  if (below === undefined || above[0] === x) return above[1];
  const share = (x - below[0]) / (above[0] - below[0]);
  return below[1] + share * (above[1] - below[1]);
}
