import type { Alert, AlertRule } from './alert.ts';

export interface Point {
  readonly timeMs: number;
  readonly value: number;
}

/** The times of a range query. */
export interface Span {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

/** One series of a range query. */
export interface RangeSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [seconds: number, text: string])[];
}

/** With more alerts of one rule, only the series of those on the screen are asked for. */
const WHOLE_MAX = 40;

/** What a rule looks at: the measured side of its comparison, or all of it. */
export function plotQuery(rule: AlertRule): string {
  return rule.plot?.query ?? rule.query;
}

/**
 * The query of the sparklines of some alerts of one rule. Where the rule has many alerts, it is
 * narrowed to these by their labels, whatever the expression.
 */
export function sparkQuery(rule: AlertRule, wanted: readonly Alert[], ofRule: number): string {
  const query = plotQuery(rule);
  if (ofRule <= WHOLE_MAX) return query;
  const names = seriesLabelNames(rule, wanted);
  if (names.length === 0) return query;
  const choices = wanted.map((alert) =>
    names.reduce(
      (inner, name) =>
        `label_replace(${inner},${quote(name)},${quote(alert.labels[name] ?? '', true)},"","")`,
      'vector(1)',
    ),
  );
  return `(${query}) and on(${names.join(',')}) (${choices.join(' or ')})`;
}

function seriesLabelNames(rule: AlertRule, wanted: readonly Alert[]): readonly string[] {
  const names = new Set(wanted.flatMap(({ labels }) => Object.keys(labels)));
  return [...names].filter(
    (name) =>
      name !== 'alertname' && rule.labels[name] === undefined && /^[A-Za-z_]\w*$/u.test(name),
  );
}

/** A string of PromQL; `$` of a replacement would name a group. */
function quote(text: string, isReplacement = false): string {
  return JSON.stringify(isReplacement ? text.replaceAll('$', '$$$$') : text);
}

/** The series that an alert came from: all of its labels stand in the alert. */
export function seriesOf(alert: Alert, series: readonly RangeSeries[]): RangeSeries | undefined {
  let best: RangeSeries | undefined;
  let size = -1;
  for (const each of series) {
    const own = Object.entries(each.metric).filter(([name]) => name !== '__name__');
    const ruleLabels = alert.rule?.labels ?? {};
    const isOfAlert = own.every(
      ([name, value]) => alert.labels[name] === value || ruleLabels[name] !== undefined,
    );
    if (!isOfAlert || own.length <= size) continue;
    best = each;
    size = own.length;
  }
  return best;
}

export function pointsOf(series: RangeSeries | undefined): readonly Point[] {
  return (series?.values ?? [])
    .map(([seconds, text]) => ({ timeMs: seconds * 1000, value: sampleValue(text) }))
    .filter(({ value }) => Number.isFinite(value));
}

/** `NaN`, `+Inf` and `-Inf` as Prometheus writes them. */
export function sampleValue(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  return text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text);
}

const MINUTE_MS = 60_000;
const SPAN_MS_MIN = 10 * MINUTE_MS;
const SPAN_MS_MAX = 24 * 60 * MINUTE_MS;
/** Of the whole, so much lies in front of the moment it fired. */
const BEFORE_SHARE = 0.35;
/** Few would leave an alert of a service that has just begun without a line. */
const POINTS = 120;

/** The time that a plot covers, to a little before something began. */
export function spanOf(beganMs: number, nowMs: number): Span {
  const age = Math.max(0, nowMs - beganMs);
  const length = Math.min(SPAN_MS_MAX, Math.max(SPAN_MS_MIN, age / (1 - BEFORE_SHARE)));
  const stepMs = Math.max(1000, Math.ceil(length / POINTS / 1000) * 1000);
  const endMs = Math.ceil(nowMs / stepMs) * stepMs;
  return { startMs: endMs - POINTS * stepMs, endMs, stepMs };
}

/** A minute is the least that is drawn: less would make a wave of every ripple. */
const CLOSE_MS_MIN = MINUTE_MS;
/** Room in front of the first sample, as a share of what is there. */
const ROOM_SHARE = 0.15;

/** The part of a span in which there is something to draw, with points as many. */
export function closerSpan(span: Span, firstMs: number): Span {
  const { startMs, endMs } = span;
  const length = Math.max(CLOSE_MS_MIN, (endMs - firstMs) * (1 + ROOM_SHARE));
  if (length >= endMs - startMs) return span;
  const stepMs = Math.max(1000, Math.ceil(length / POINTS / 1000) * 1000);
  return { startMs: endMs - Math.ceil(length / stepMs) * stepMs, endMs, stepMs };
}
