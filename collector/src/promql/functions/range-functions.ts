import { changes, resets } from './over-time/changes.ts';
import {
  averageOverTime,
  countOverTime,
  deviationOverTime,
  firstOverTime,
  lastOverTime,
  maxOverTime,
  medianDeviationOverTime,
  minOverTime,
  presentOverTime,
  quantileOverTime,
  sumOverTime,
  timestampOfFirst,
  timestampOfLast,
  timestampOfMax,
  timestampOfMin,
  varianceOverTime,
} from './over-time/floats.ts';
import { deriv, doubleExponentialSmoothing, predictLinear } from './over-time/regression.ts';
import type { RangeFunction } from './range-function.ts';
import { idelta, irate } from './rate/instant-rate.ts';
import { delta, increase, rate } from './rate/rate.ts';

/** Functions of a range vector by name. `absent_over_time` starts as `present_over_time`. */
export const RANGE_FUNCTIONS: ReadonlyMap<string, RangeFunction> = new Map([
  ['absent_over_time', presentOverTime],
  ['avg_over_time', averageOverTime],
  ['changes', changes],
  ['count_over_time', countOverTime],
  ['delta', delta],
  ['deriv', deriv],
  ['double_exponential_smoothing', doubleExponentialSmoothing],
  ['first_over_time', firstOverTime],
  ['idelta', idelta],
  ['increase', increase],
  ['irate', irate],
  ['last_over_time', lastOverTime],
  ['mad_over_time', medianDeviationOverTime],
  ['max_over_time', maxOverTime],
  ['min_over_time', minOverTime],
  ['predict_linear', predictLinear],
  ['present_over_time', presentOverTime],
  ['quantile_over_time', quantileOverTime],
  ['rate', rate],
  ['resets', resets],
  ['stddev_over_time', deviationOverTime],
  ['stdvar_over_time', varianceOverTime],
  ['sum_over_time', sumOverTime],
  ['ts_of_first_over_time', timestampOfFirst],
  ['ts_of_last_over_time', timestampOfLast],
  ['ts_of_max_over_time', timestampOfMax],
  ['ts_of_min_over_time', timestampOfMin],
]);

/** Functions that hand out a sample as it is, so that the metric name stays. */
export const NAME_KEEPING_FUNCTIONS: ReadonlySet<string> = new Set([
  'first_over_time',
  'last_over_time',
]);

/** Functions that know what to do with samples before the range. */
export const ANCHORED_FUNCTIONS: ReadonlySet<string> = new Set([
  'changes',
  'delta',
  'increase',
  'rate',
  'resets',
]);

/** Functions that know what to do with interpolated ends of the range. */
export const SMOOTHED_FUNCTIONS: ReadonlySet<string> = new Set(['delta', 'increase', 'rate']);
