import { SeededRandom } from '@telltale/statistics';

/** What a producer observes: `count` values of Beta(`alpha`, 1). */
export interface ProducerStep {
  readonly seed: number;
  readonly count: number;
  readonly alpha: number;
  /** Of so many values one is 1e-9, which takes the resolution of exponential buckets. */
  readonly tinyEvery?: number;
}

export function producedValues({ seed, count, alpha, tinyEvery }: ProducerStep): number[] {
  const random = new SeededRandom(seed);
  return Array.from({ length: count }, (_, index) => {
    const value = random.next() ** (1 / alpha);
    return tinyEvery !== undefined && index % tinyEvery === 0 ? 1e-9 : value;
  });
}
