import {
  buildBaseline,
  type Collected,
  SeededRandom,
  type StreamKey,
  standardNormal,
} from '@telltale/statistics';

export const SCORE_KEY: StreamKey = {
  model: 'fraud',
  version: '7',
  name: 'score',
  direction: 'output',
};

/** Values of a standard normal distribution, always the same for a seed. */
export function normals(count: number, { seed = 1, mean = 0 } = {}): number[] {
  const random = new SeededRandom(seed);
  return Array.from({ length: count }, () => mean + standardNormal(random));
}

/** A sound baseline of a stream, from training data. */
export const trainingBaseline = (
  key: StreamKey = SCORE_KEY,
  more: Partial<Collected> & { readonly seed?: number } = {},
) => {
  const values = more.values ?? normals(1000, { seed: more.seed ?? 1 });
  const collected = { kind: more.kind ?? ('numeric' as const), values };
  return buildBaseline(
    { ...collected, outcomes: values.map(() => 0) },
    {
      key,
      source: 'training',
      createdMs: Date.UTC(2026, 10, 1),
      thinning: 1,
      quality: 'ok',
      random: new SeededRandom(3),
    },
  );
};
