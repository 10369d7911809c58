import type { Metric, Scope } from './metric.ts';

/** Matchers such as `error_type!=""`, joined to those of the board's variables. */
export interface Choice {
  readonly by?: readonly string[];
  readonly where?: string;
}

const MATCHERS: Readonly<Record<Scope, readonly string[]>> = {
  model: [
    'service_name=~"$service"',
    'deployment_environment_name=~"$environment"',
    'service_instance_id=~"$instance"',
    'ml_model_name=~"$model"',
    'ml_model_version=~"$version"',
  ],
  service: [
    'service_name=~"$service"',
    'deployment_environment_name=~"$environment"',
    'service_instance_id=~"$instance"',
  ],
  'service name': ['service_name=~"$service"'],
  'model name': ['ml_model_name=~"$model"'],
  none: [],
};

/** Rules aggregate instances away, so nothing can be chosen by instance. */
const RECORDED_MATCHERS = MATCHERS.model.filter((matcher) => !matcher.startsWith('service_inst'));

function matchersOf({ series, scope }: Metric, where: string | undefined): string {
  const known = series.includes(':') && scope === 'model' ? RECORDED_MATCHERS : MATCHERS[scope];
  const all = [...known, ...(where === undefined ? [] : [where])];
  return all.length === 0 ? '' : `{${all.join(',')}}`;
}

/** The series of a metric that the board's variables choose. */
export const select = (metric: Metric, where?: string, suffix = ''): string =>
  `${metric.series}${suffix}${matchersOf(metric, where)}`;

const by = (labels: readonly string[] | undefined): string =>
  labels === undefined || labels.length === 0 ? '' : ` by (${labels.join(', ')})`;

/** Events a second; of a histogram its observations. */
export const rate = (metric: Metric, choice: Choice = {}): string => {
  const suffix = metric.kind === 'histogram' ? '_count' : '';
  return `sum${by(choice.by)} (rate(${select(metric, choice.where, suffix)}[$__rate_interval]))`;
};

/**
 * Events in a range, also those that a counter began with: many counters are born with their first
 * event, which increase() cannot see.
 */
export const events = (
  metric: Metric,
  { by: labels, where }: Choice = {},
  range: '$__rate_interval' | '$__interval' | '$__range' = '$__rate_interval',
): string => {
  const selector = select(metric, where, metric.kind === 'histogram' ? '_count' : '');
  return `sum${by(labels)} (${grown(selector, range)})`;
};

const newest = (selector: string): string => `last_over_time(${selector}[$__rate_interval])`;

const grown = (selector: string, range: string): string =>
  `(last_over_time(${selector}[${range}]) unless last_over_time(${selector}[${range}] offset ${range})) or increase(${selector}[${range}])`;

type Aggregation = 'sum' | 'max' | 'min' | 'avg' | 'count' | 'group';

export const aggregate = (
  aggregation: Aggregation,
  metric: Metric,
  { by: labels, where }: Choice = {},
): string => `${aggregation}${by(labels)} (${select(metric, where)})`;

/** Mean of a histogram's observations. */
const mean = ({ series, ...rest }: Metric, choice: Choice = {}): string => {
  const part = (suffix: string): string =>
    `sum${by(choice.by)} (rate(${select({ ...rest, series }, choice.where, suffix)}[$__rate_interval]))`;
  return `${part('_sum')} / ${part('_count')}`;
};

/** `a / b`, and zero where the upper part has no series at all: a healthy system is no gap. */
export const share = (part: string, whole: string): string =>
  `((${part}) or 0 * (${whole})) / (${whole})`;

/** How the buckets of a histogram arrive: as series of their own, or inside native samples. */
export type HistogramKind = 'classic' | 'native';

/** Expressions over histograms, for boards that exist for both kinds. */
export interface HistogramQueries {
  readonly kind: HistogramKind;
  readonly quantile: (quantile: number, metric: Metric, choice?: Choice) => string;
  readonly heat: (metric: Metric, choice?: Choice) => string;
  /** Observations a second. */
  readonly count: (metric: Metric, choice?: Choice) => string;
  /** Observations in each step. */
  readonly events: (metric: Metric, choice?: Choice) => string;
  readonly mean: (metric: Metric, choice?: Choice) => string;
  /** Of everything since the processes started: for what happens once in a process. */
  readonly lifetimeQuantile: (quantile: number, metric: Metric, choice?: Choice) => string;
  readonly lifetimeMean: (metric: Metric, choice?: Choice) => string;
}

export const CLASSIC: HistogramQueries = {
  kind: 'classic',
  quantile: (quantile, metric, { by: labels = [], where } = {}) =>
    `histogram_quantile(${quantile}, sum by (${['le', ...labels].join(', ')}) (rate(${select(metric, where, '_bucket')}[$__rate_interval])))`,
  heat: (metric, { where } = {}) =>
    `sum by (le) (increase(${select(metric, where, '_bucket')}[$__rate_interval]))`,
  count: rate,
  events,
  mean,
  lifetimeQuantile: (quantile, metric, { by: labels = [], where } = {}) =>
    `histogram_quantile(${quantile}, sum by (${['le', ...labels].join(', ')}) (${newest(select(metric, where, '_bucket'))}))`,
  lifetimeMean: (metric, { by: labels, where } = {}) => {
    const part = (suffix: string): string =>
      `sum${by(labels)} (${newest(select(metric, where, suffix))})`;
    return `${part('_sum')} / ${part('_count')}`;
  },
};

const native = (metric: Metric, { by: labels, where }: Choice = {}): string =>
  `sum${by(labels)} (rate(${select(metric, where)}[$__rate_interval]))`;

export const NATIVE: HistogramQueries = {
  kind: 'native',
  quantile: (quantile, metric, choice) =>
    `histogram_quantile(${quantile}, ${native(metric, choice)})`,
  heat: (metric, { where } = {}) => `sum (increase(${select(metric, where)}[$__rate_interval]))`,
  count: (metric, choice) => `histogram_count(${native(metric, choice)})`,
  events: (metric, { by: labels, where } = {}) =>
    `histogram_count(sum${by(labels)} (${grown(select(metric, where), '$__rate_interval')}))`,
  mean: (metric, choice) => `histogram_avg(${native(metric, choice)})`,
  lifetimeQuantile: (quantile, metric, { by: labels, where } = {}) =>
    `histogram_quantile(${quantile}, sum${by(labels)} (${newest(select(metric, where))}))`,
  lifetimeMean: (metric, { by: labels, where } = {}) =>
    `histogram_avg(sum${by(labels)} (${newest(select(metric, where))}))`,
};
