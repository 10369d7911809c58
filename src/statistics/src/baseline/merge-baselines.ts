import { ksNumerator } from '../distance/kolmogorov-smirnov.ts';
import { kolmogorovSurvival } from '../distance/special-functions.ts';
import { histogramCount, type SignedHistogram } from '../histogram/signed-histogram.ts';
import { histogramQuantiles } from '../histogram/signed-histogram-distance.ts';
import { type RandomSource, shuffled } from '../random.ts';
import {
  type Baseline,
  type Collected,
  type KnownValues,
  missingRate,
  OUTCOME_INVALID,
  OUTCOME_NULL,
  OUTCOME_OK,
  type OutcomeRate,
  type StreamKey,
  type StreamKind,
} from './baseline.ts';
import { buildBaseline, numberOf } from './build-baseline.ts';
import { type GateFailure, gateBlock } from './gate-block.ts';

/** Why baselines of instances cannot become one of the fleet. */
export type MergeFailure =
  | GateFailure
  | 'nothing_to_merge'
  | 'kinds_differ'
  | 'no_sample'
  | 'instances_differ';

export type MergedBaseline =
  | { readonly ok: true; readonly baseline: Baseline }
  | { readonly ok: false; readonly reason: MergeFailure };

export interface MergeOptions {
  readonly key: StreamKey;
  /** Milliseconds since the epoch. */
  readonly createdMs: number;
  readonly random: RandomSource;
}

/** Values of a merged baseline: more would make it no better and its making slow. */
const VALUES_MAX = 20_000;
/** Records that one instance contributes at most. */
const RECORDS_MAX = 10_000;
/** Instances whose values differ by more than this chance have no common distribution. */
const INSTANCES_P_MIN = 0.001;
/** Quantiles that stand for the values of a histogram. */
const QUANTILES = 10_000;
/** Stands for every category without a name, and is in no list of names. */
const OTHER = '\u0000other';

/**
 * One baseline of the samples of many instances. Samples are sorted, so their values are shuffled,
 * and the dependence that the instances measured is taken over, the worst of it. Instances that
 * differ from the others are refused: against their mixture each would have drifted forever.
 */
export function mergeBaselines(parts: readonly Baseline[], options: MergeOptions): MergedBaseline {
  const [first] = parts;
  if (first === undefined) return refuse('nothing_to_merge');
  if (parts.some(({ kind }) => kind !== first.kind)) return refuse('kinds_differ');
  const values = parts.map(valuesOf);
  if (values.some((list) => list.length === 0)) return refuse('no_sample');
  const designEffect = Math.max(...parts.map((part) => part.designEffect));
  if (first.kind !== 'categorical' && areDifferent(values as number[][], designEffect)) {
    return refuse('instances_differ');
  }
  const { random } = options;
  const collected: Collected = {
    kind: first.kind,
    values: shuffled(values.flat(), random).slice(0, VALUES_MAX),
    outcomes: shuffled(parts.flatMap(outcomesOf), random),
  };
  const declared = declaredOf(parts);
  const numbers = collected.values.map((value) => numberOf(value, declared ?? first.known));
  const failure = gateBlock(collected, numbers, random);
  // After shuffling the test fails only by chance (1 %), so ignore it.
  if (failure === 'mostly_missing' || failure === 'too_few') return refuse(failure);
  const baseline = buildBaseline(collected, {
    ...options,
    source: 'fleet',
    thinning: 'auto',
    quality: parts.some(({ quality }) => quality !== 'ok') ? 'unstable' : 'ok',
    declared,
    dependence: { thin: Math.max(...parts.map(({ thin }) => thin)), designEffect },
    missingDependence: worstOf(parts.map(missingRate)),
  });
  return { ok: true, baseline };
}

/** The longest bursts that some instance measured. */
const worstOf = (rates: readonly OutcomeRate[]): Pick<OutcomeRate, 'thin' | 'designEffect'> => ({
  thin: Math.max(...rates.map(({ thin }) => thin)),
  designEffect: Math.max(...rates.map((rate) => rate.designEffect)),
});

const refuse = (reason: MergeFailure): MergedBaseline => ({ ok: false, reason });

/** The sample of numbers; of categories as many records as were counted, or their share. */
function valuesOf({ kind, sample, known, categoryCounts }: Baseline): (number | string)[] {
  if (kind !== 'categorical' || known.kind !== 'categories') return [...sample];
  const n = categoryCounts.reduce((sum, count) => sum + count, 0);
  const share = Math.min(1, RECORDS_MAX / Math.max(1, n));
  return categoryCounts.flatMap((count, place) =>
    Array.from({ length: Math.round(count * share) }, () => known.names[place] ?? OTHER),
  );
}

function outcomesOf({ missing: { records, nulls, invalid } }: Baseline): number[] {
  const share = Math.min(1, RECORDS_MAX / Math.max(1, records));
  const times = (count: number, outcome: number): number[] =>
    Array.from({ length: Math.round(count * share) }, () => outcome);
  return [
    ...times(records - nulls - invalid, OUTCOME_OK),
    ...times(nulls, OUTCOME_NULL),
    ...times(invalid, OUTCOME_INVALID),
  ];
}

/**
 * What users declared holds for all of them. Categories are the names of all instances, because a
 * baseline file has no names for the rest.
 */
function declaredOf(parts: readonly Baseline[]): KnownValues | undefined {
  const names = parts.flatMap(({ known }) => (known.kind === 'categories' ? known.names : []));
  if (names.length > 0) return { kind: 'categories', names: [...new Set(names)] };
  const ranges = parts.flatMap(({ known, isDeclared }) =>
    isDeclared && known.kind === 'range' ? [known] : [],
  );
  if (ranges.length < parts.length) return undefined;
  return {
    kind: 'range',
    min: Math.min(...ranges.map(({ min }) => min)),
    max: Math.max(...ranges.map(({ max }) => max)),
  };
}

/** Whether some instance differs from all the others together. */
function areDifferent(values: readonly (readonly number[])[], designEffect: number): boolean {
  if (values.length < 2) return false;
  const all = Float64Array.from(values.flat()).sort();
  return values.some((own) => {
    const others = all.length - own.length;
    // All is own and others, so the distance from the others is larger by the share of all in them.
    const numerator = ksNumerator(Float64Array.from(own).sort(), all);
    const distance = numerator / (own.length * others);
    const size = (own.length * others) / all.length / designEffect;
    return kolmogorovSurvival(distance * Math.sqrt(size)) * values.length < INSTANCES_P_MIN;
  });
}

/** Values that a histogram needs for a baseline to be made of it. */
export const HISTOGRAM_VALUES_MIN = 10_000;

/**
 * A baseline of the merged values of a fleet, where no samples are known: its values are quantiles
 * of a histogram, good to the width of a bucket.
 *
 * @returns `undefined` when the histogram holds fewer than `HISTOGRAM_VALUES_MIN` values
 */
export function baselineOfHistogram(
  histogram: SignedHistogram,
  options: MergeOptions & { readonly kind: Exclude<StreamKind, 'categorical'> },
): Baseline | undefined {
  if (histogramCount(histogram) < HISTOGRAM_VALUES_MIN) return undefined;
  const values = histogramQuantiles(
    histogram,
    Array.from({ length: QUANTILES }, (_, k) => (k + 0.5) / QUANTILES),
  );
  const { kind, random } = options;
  return buildBaseline(
    { kind, values: shuffled(values, random), outcomes: values.map(() => OUTCOME_OK) },
    {
      ...options,
      source: 'fleet',
      thinning: 'auto',
      quality: 'approximate',
      dependence: { thin: 1, designEffect: 1 },
    },
  );
}
