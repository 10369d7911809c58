import { formatFloat } from '../../../model/format-float.ts';
import type { NativeHistogram } from '../../../model/histogram/histogram.ts';
import { hashLabels } from '../../../model/label-hash.ts';
import { histogramIgnoredInAggregation, invalidRatio } from '../../annotations.ts';
import type { Aggregation } from '../../ast.ts';
import { evaluationError } from '../../error.ts';
import type { Scope } from '../query.ts';
import type { StepSeries } from '../step-series.ts';
import { emptySeries, hasSamples, sampleAt, setSample } from '../step-series.ts';
import type { Group } from './grouping.ts';
import { groupSeries } from './grouping.ts';
import { BoundedHeap } from './heap.ts';

/** An aggregation that picks some of its input series, and its parameter at each step. */
export type PickExpr = Aggregation & {
  readonly parameters: readonly number[];
  /** The expression as parsed, by which derived labels are remembered. */
  readonly origin: Aggregation;
};

/** A sample that is a candidate for being picked. */
interface Candidate {
  readonly series: StepSeries;
  readonly sample: number | NativeHistogram;
}

const INT64 = 2 ** 63;

/** `topk`, `bottomk`, `limitk` and `limit_ratio`: some elements of each group, labels unchanged. */
export function pickSeries(
  expr: PickExpr,
  series: readonly StepSeries[],
  scope: Scope,
): readonly StepSeries[] {
  if (!isParameterUsable(expr, scope)) return [];
  const { grid } = scope;
  const outputs = new Map<StepSeries, StepSeries>();
  const groups = groupSeries(series, expr.origin);
  for (let step = 0; step < grid.count; step += 1) {
    scope.query.checkCancelled();
    for (const group of groups) {
      for (const { series: picked, sample } of pickStep({ expr, group, step }, series, scope)) {
        let output = outputs.get(picked);
        if (output === undefined) {
          output = emptySeries(picked.labels, grid.count, picked.dropsName);
          outputs.set(picked, output);
        }
        setSample(output, step, sample);
      }
    }
  }
  return [...outputs.values()].filter(hasSamples);
}

/** Whether anything is picked at all. */
function isParameterUsable(expr: PickExpr, { query }: Scope): boolean {
  const position = expr.parameter?.position ?? expr.position;
  const numbers = expr.parameters.filter((value) => !Number.isNaN(value));
  const hasNaN = numbers.length < expr.parameters.length;
  const highest = numbers.reduce((best, value) => Math.max(best, value), -Infinity);
  const lowest = numbers.reduce((best, value) => Math.min(best, value), Infinity);
  const isRatio = expr.operator === 'limit_ratio';
  const isNothing = isRatio ? highest === 0 && lowest === 0 : highest < 1;
  if (isNothing && !hasNaN) return false;
  if (hasNaN) throw evaluationError(`${isRatio ? 'Ratio' : 'Parameter'} value is NaN`, position);
  if (isRatio) {
    if (highest > 1) query.annotate(invalidRatio(highest, 1, position));
    if (lowest < -1) query.annotate(invalidRatio(lowest, -1, position));
  } else {
    checkInt64({ lowest, highest }, position);
  }
  return true;
}

function checkInt64(
  { lowest, highest }: { readonly lowest: number; readonly highest: number },
  position: Aggregation['position'],
): void {
  if (lowest <= -INT64) throw outOfInt64(lowest, 'underflows', position);
  if (highest >= INT64) throw outOfInt64(highest, 'overflows', position);
}

function outOfInt64(value: number, verb: string, position: Aggregation['position']): Error {
  const shown = formatFloat(value, 'general');
  return evaluationError(`Scalar value ${shown} ${verb} int64`, position);
}

function pickStep(
  { expr, group, step }: { expr: PickExpr; group: Group; step: number },
  series: readonly StepSeries[],
  scope: Scope,
): readonly Candidate[] {
  const parameter = expr.parameters[step] ?? 0;
  const candidates: Candidate[] = [];
  for (const member of group.members) {
    const sample = sampleAt(member, step);
    if (sample !== undefined) candidates.push({ series: member, sample });
  }
  if (expr.operator === 'limit_ratio') {
    return candidates.filter(({ series: { labels } }) =>
      isInRatio(Number(hashLabels(labels)) / 2 ** 64, parameter),
    );
  }
  const limit = Math.min(Math.trunc(parameter), series.length);
  if (limit < 1) return [];
  if (expr.operator === 'limitk') return candidates.slice(0, limit);
  return rank(candidates, { expr, limit }, scope);
}

/** A positive ratio takes offsets from the bottom, a negative one from the top. */
function isInRatio(offset: number, ratio: number): boolean {
  return ratio >= 0 ? offset < Math.min(ratio, 1) : offset >= 1 + Math.max(ratio, -1);
}

type RankedCandidate = Candidate & { readonly sample: number };

/** The best candidates, best first. NaN loses against any number. */
function rank(
  candidates: readonly Candidate[],
  { expr, limit }: { readonly expr: PickExpr; readonly limit: number },
  scope: Scope,
): readonly Candidate[] {
  const isTop = expr.operator === 'topk';
  const isWorse = (left: RankedCandidate, right: RankedCandidate): boolean => {
    if (Number.isNaN(left.sample)) return true;
    return isTop ? left.sample < right.sample : left.sample > right.sample;
  };
  const heap = new BoundedHeap(limit, isWorse);
  for (const candidate of candidates) {
    if (typeof candidate.sample === 'number')
      heap.offer({ ...candidate, sample: candidate.sample });
    else scope.query.annotate(histogramIgnoredInAggregation(expr.operator, expr.position));
  }
  return heap.list().sort((left, right) => {
    if (isWorse(right, left)) return isWorse(left, right) ? 0 : -1;
    return isWorse(left, right) ? 1 : 0;
  });
}
