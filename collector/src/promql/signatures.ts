import type { ValueType } from './ast.ts';

export interface FunctionSignature {
  readonly name: string;
  /** Types of the arguments; the last one repeats when `variadic` allows more. */
  readonly args: readonly ValueType[];
  /**
   * 0: exactly `args`. Above 0: the last of `args` may be absent, and at most
   * `args.length - 1 + variadic` arguments are allowed. -1: the last may be absent or repeat freely.
   */
  readonly variadic: number;
  readonly returns: ValueType;
  /** Behind the feature `promql-experimental-functions`. */
  readonly isExperimental: boolean;
}

type Row = readonly [args: string, returns: ValueType, variadic: number, names: string];

const STABLE: readonly Row[] = [
  ['', 'scalar', 0, 'pi time'],
  ['scalar', 'vector', 0, 'vector'],
  ['vector', 'scalar', 0, 'scalar'],
  ['vector', 'vector', 0, 'abs ceil exp floor ln log10 log2 sgn sqrt deg rad'],
  ['vector', 'vector', 0, 'acos acosh asin asinh atan atanh cos cosh sin sinh tan tanh'],
  ['vector', 'vector', 0, 'absent sort sort_desc timestamp'],
  ['vector', 'vector', 0, 'histogram_avg histogram_count histogram_sum'],
  ['vector', 'vector', 0, 'histogram_stddev histogram_stdvar'],
  ['vector', 'vector', 1, 'day_of_month day_of_week day_of_year days_in_month'],
  ['vector', 'vector', 1, 'hour minute month year'],
  ['vector scalar', 'vector', 0, 'clamp_max clamp_min'],
  ['vector scalar', 'vector', 1, 'round'],
  ['vector scalar scalar', 'vector', 0, 'clamp'],
  ['vector string string string', 'vector', -1, 'label_join'],
  ['vector string string string string', 'vector', 0, 'label_replace'],
  ['scalar vector', 'vector', 0, 'histogram_quantile'],
  ['scalar scalar vector', 'vector', 0, 'histogram_fraction'],
  ['matrix', 'vector', 0, 'rate irate increase delta idelta deriv resets changes'],
  ['matrix', 'vector', 0, 'avg_over_time count_over_time max_over_time min_over_time'],
  ['matrix', 'vector', 0, 'first_over_time last_over_time sum_over_time present_over_time'],
  ['matrix', 'vector', 0, 'absent_over_time stddev_over_time stdvar_over_time'],
  ['matrix scalar', 'vector', 0, 'predict_linear'],
  ['scalar matrix', 'vector', 0, 'quantile_over_time'],
];

const EXPERIMENTAL: readonly Row[] = [
  ['', 'scalar', 0, 'start end range step'],
  ['scalar scalar', 'scalar', 0, 'max_of min_of'],
  ['vector', 'vector', 0, 'start_timestamp'],
  ['vector vector', 'vector', 1, 'info'],
  ['vector string', 'vector', -1, 'sort_by_label sort_by_label_desc'],
  ['vector string scalar scalar', 'vector', 9, 'histogram_quantiles'],
  ['matrix', 'vector', 0, 'mad_over_time ts_of_first_over_time ts_of_last_over_time'],
  ['matrix', 'vector', 0, 'ts_of_max_over_time ts_of_min_over_time'],
  ['matrix scalar scalar', 'vector', 0, 'double_exponential_smoothing'],
];

/** Every function of PromQL by name: 73 stable, 17 experimental. Names are case-sensitive. */
export const FUNCTION_SIGNATURES: ReadonlyMap<string, FunctionSignature> = new Map([
  ...signatures(STABLE, false),
  ...signatures(EXPERIMENTAL, true),
]);

function signatures(
  rows: readonly Row[],
  isExperimental: boolean,
): readonly (readonly [string, FunctionSignature])[] {
  return rows.flatMap(([args, returns, variadic, names]) =>
    names.split(' ').map((name) => {
      const types = args.split(' ').filter((type) => type !== '') as ValueType[];
      return [name, { name, args: types, variadic, returns, isExperimental }] as const;
    }),
  );
}
