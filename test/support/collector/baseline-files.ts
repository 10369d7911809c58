import { createHash } from 'node:crypto';

import {
  type Baseline,
  buildBaseline,
  OUTCOME_NULL,
  OUTCOME_OK,
  SeededRandom,
  type StreamKey,
  type StreamKind,
  serializeBaseline,
} from '@telltale/statistics';

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

export const SCORE: StreamKey = {
  model: 'fraud',
  version: '7',
  name: 'score',
  direction: 'output',
};

/** A baseline as an instance learns it. */
export function baselineOf(
  values: readonly (number | string)[],
  init: {
    readonly key?: StreamKey;
    readonly kind?: StreamKind;
    readonly nulls?: number;
    readonly seed?: number;
  } = {},
): Baseline {
  const { key = SCORE, kind = 'score', nulls = 0, seed = 1 } = init;
  const outcomes = [
    ...values.map(() => OUTCOME_OK),
    ...Array.from({ length: nulls }, () => OUTCOME_NULL),
  ];
  return buildBaseline(
    { kind, values, outcomes },
    {
      key,
      source: 'auto',
      createdMs: 1.7e12,
      thinning: 'auto',
      quality: 'ok',
      random: new SeededRandom(seed),
    },
  );
}

export const fileOf = (baseline: Baseline): string => serializeBaseline(baseline, sha256);

export const idOf = (file: string): string => (JSON.parse(file) as { readonly id: string }).id;

/** Independent uniform values from 0 to 1, moved and stretched. */
export function uniform(length: number, seed: number, map = (x: number): number => x): number[] {
  const random = new SeededRandom(seed);
  return Array.from({ length }, () => map(random.next()));
}
