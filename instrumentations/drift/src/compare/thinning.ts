import { type Baseline, missingRate, noveltyRate, type RandomSource } from '@telltale/statistics';

/** Every n-th record, beginning with a random one. */
export interface Thinning {
  readonly thin: number;
  readonly phase: number;
}

/** Most streams have no need of another one, so they share it. */
const EVERY: Thinning = { thin: 1, phase: 0 };

/** The record of each `thin` that is taken: of values, missing ones and novel ones. */
export type Phases = readonly [value: number, missing: number, novelty: number];

/** Whether evidence takes this record of a stream. */
export const isTaken = ({ thin, phase }: Thinning, record: number): boolean =>
  thin === 1 || record % thin === phase;

/** How each aspect is thinned: values, missing ones and novel ones come in bursts of their own. */
export function thinningsOf(
  baseline: Baseline,
  random: RandomSource,
  phases: Phases | undefined,
): readonly [value: Thinning, missing: Thinning, novelty: Thinning] {
  const thinning = (thin: number, phase: number | undefined): Thinning => {
    const taken = phase ?? Math.floor(random.next() * thin);
    return thin === 1 ? EVERY : { thin, phase: taken };
  };
  return [
    thinning(baseline.thin, phases?.[0]),
    thinning(missingRate(baseline).thin, phases?.[1]),
    thinning(noveltyRate(baseline).thin, phases?.[2]),
  ];
}
