import type { Attributes } from '@opentelemetry/api';

import {
  ATTR_DRIFT_ASPECT,
  ATTR_DRIFT_FROM,
  ATTR_DRIFT_METRIC,
  ATTR_DRIFT_OUTCOME,
  ATTR_DRIFT_TO,
  ATTR_MODEL_NAME,
  ATTR_MODEL_VERSION,
  ATTR_PERFORMANCE_METHOD,
  ATTR_PERFORMANCE_METRIC,
  METRIC_DRIFT_BASELINE_AGE,
  METRIC_DRIFT_BASELINE_SIZE,
  METRIC_DRIFT_DISTANCE,
  METRIC_DRIFT_EVIDENCE,
  METRIC_DRIFT_EVIDENCE_THRESHOLD,
  METRIC_DRIFT_NOISE_FLOOR,
  METRIC_DRIFT_P_VALUE,
  METRIC_DRIFT_RECORDS,
  METRIC_DRIFT_STATE,
  METRIC_DRIFT_THINNING,
  METRIC_DRIFT_TRANSITIONS,
  METRIC_DRIFT_WINDOW_SIZE,
  METRIC_PERFORMANCE_ESTIMATED,
  METRIC_PERFORMANCE_ESTIMATED_ERROR,
  METRIC_PERFORMANCE_ESTIMATED_LOWER,
  METRIC_PERFORMANCE_ESTIMATED_UPPER,
  METRIC_PERFORMANCE_GAP,
  type MetricRow,
} from '@telltale/core';

import type { Comparison } from '../compare/comparison.ts';
import { STATE_NUMBERS } from '../compare/state-machine.ts';
import type { DriftMonitor } from '../monitor/drift-monitor.ts';
import { isSeasonTold } from '../season.ts';
import { type Distance, type Distances, valueDistances } from '../stream/distances.ts';
import type { StreamMonitor } from '../stream/stream-monitor.ts';
import { verdictRecords } from '../stream-settings.ts';
import { ASPECTS } from '../types.ts';
import {
  type ModelPerformance,
  modelPerformance,
  type PerformanceOptions,
} from './model-performance.ts';
import { streamAttributes } from './telemetry-attributes.ts';

/** One value of one metric. */
export interface Reading {
  readonly row: MetricRow;
  readonly value: number;
  readonly attributes: Attributes;
}

const EVIDENCE_MAX = 1e300;

/** Everything a monitor publishes as gauges and counters. What is not known is left out. */
export function* readMonitor(
  monitor: DriftMonitor,
  options: PerformanceOptions,
): Iterable<Reading> {
  const nowMs = monitor.options.now();
  for (const stream of monitor.streams()) {
    if (isSeasonTold(stream.key.season, nowMs)) yield* readStream(stream);
  }
  for (const performance of modelPerformance(monitor, options)) {
    yield* readPerformance(performance);
  }
}

function* readStream(stream: StreamMonitor): Iterable<Reading> {
  const S = streamAttributes(stream.key);
  for (const [outcome, value] of Object.entries(stream.counts)) {
    if (value === 0) continue;
    const attributes = { ...S, [ATTR_DRIFT_OUTCOME.name]: outcome };
    yield { row: METRIC_DRIFT_RECORDS, value, attributes };
  }
  for (const [name, value] of Object.entries(stream.transitions)) {
    const [from = '', to = ''] = name.split(' ');
    const attributes = { ...S, [ATTR_DRIFT_FROM.name]: from, [ATTR_DRIFT_TO.name]: to };
    yield { row: METRIC_DRIFT_TRANSITIONS, value, attributes };
  }
  yield* readAspects(stream, S);
  if (stream.comparison !== undefined) yield* readWatch(stream, stream.comparison, S);
}

function* readAspects(stream: StreamMonitor, S: Attributes): Iterable<Reading> {
  for (const name of ASPECTS) {
    const aspect = stream.aspects().find((one) => one.aspect === name);
    const attributes = { ...S, [ATTR_DRIFT_ASPECT.name]: name };
    const state = STATE_NUMBERS[aspect?.state ?? 'learning'];
    yield { row: METRIC_DRIFT_STATE, value: state, attributes };
    if (aspect === undefined) continue;
    const evidence = Math.min(EVIDENCE_MAX, aspect.evidence.value);
    yield { row: METRIC_DRIFT_EVIDENCE, value: evidence, attributes };
    yield { row: METRIC_DRIFT_EVIDENCE_THRESHOLD, value: aspect.threshold, attributes };
  }
}

function* readWatch(
  stream: StreamMonitor,
  comparison: Comparison,
  S: Attributes,
): Iterable<Reading> {
  const { baseline, baselineId, value, acceptedMs } = comparison;
  const withBaseline = streamAttributes(stream.key, baselineId);
  const ageSeconds = Math.max(0, stream.options.now() - acceptedMs) / 1000;
  yield { row: METRIC_DRIFT_WINDOW_SIZE, value: value.window.length, attributes: S };
  yield { row: METRIC_DRIFT_THINNING, value: comparison.thinOf('value'), attributes: S };
  yield { row: METRIC_DRIFT_BASELINE_SIZE, value: baseline.size, attributes: withBaseline };
  yield { row: METRIC_DRIFT_BASELINE_AGE, value: ageSeconds, attributes: withBaseline };
  if (value.window.length < verdictRecords(stream.options)) return;
  const distances = distancesOf(stream, comparison);
  if (distances !== undefined) yield* readDistances(distances, S);
}

interface KnownDistances {
  readonly records: number;
  readonly distances: Distances;
}

const known = new WeakMap<Comparison, KnownDistances>();
const asked = new WeakSet<Comparison>();

/**
 * Distances take most of a millisecond a stream, so a reader of metrics gets those that are there
 * and new ones are made for the next reading, a stream at a time.
 */
function distancesOf(stream: StreamMonitor, comparison: Comparison): Distances | undefined {
  if (known.get(comparison)?.records !== stream.records && !asked.has(comparison)) {
    asked.add(comparison);
    stream.options.schedule(() => {
      asked.delete(comparison);
      known.set(comparison, { records: stream.records, distances: valueDistances(comparison) });
    });
  }
  return known.get(comparison)?.distances;
}

function* readDistances(distances: Distances, S: Attributes): Iterable<Reading> {
  const plain = (value: number | null): Distance | null =>
    value === null ? null : { value, floor: null, p: null };
  const named: readonly (readonly [string, Distance | null])[] = [
    ['ks', distances.ks],
    ['total_variation', distances.totalVariation],
    ['psi', distances.psi],
    ['psi_debiased', plain(distances.psi?.debiased ?? null)],
    ['jensen_shannon', distances.jensenShannon],
    ['hellinger', distances.hellinger],
    ['wasserstein_iqr', plain(distances.wassersteinIqr)],
    ['rank_wasserstein', plain(distances.rankWasserstein)],
  ];
  for (const [name, distance] of named) {
    if (distance === null) continue;
    const attributes = { ...S, [ATTR_DRIFT_METRIC.name]: name };
    yield { row: METRIC_DRIFT_DISTANCE, value: distance.value, attributes };
    if (distance.floor !== null) {
      yield { row: METRIC_DRIFT_NOISE_FLOOR, value: distance.floor, attributes };
    }
    if (distance.p !== null) yield { row: METRIC_DRIFT_P_VALUE, value: distance.p, attributes };
  }
}

function* readPerformance({ model, version, estimated, gap }: ModelPerformance): Iterable<Reading> {
  const owner = { [ATTR_MODEL_NAME.name]: model, [ATTR_MODEL_VERSION.name]: version };
  for (const { metric, method, value, lower, upper } of estimated) {
    const attributes = {
      ...owner,
      [ATTR_PERFORMANCE_METRIC.name]: metric,
      [ATTR_PERFORMANCE_METHOD.name]: method,
    };
    if (method === 'dle') {
      yield { row: METRIC_PERFORMANCE_ESTIMATED_ERROR, value, attributes };
      continue;
    }
    yield { row: METRIC_PERFORMANCE_ESTIMATED, value, attributes };
    if (lower !== null) yield { row: METRIC_PERFORMANCE_ESTIMATED_LOWER, value: lower, attributes };
    if (upper !== null) yield { row: METRIC_PERFORMANCE_ESTIMATED_UPPER, value: upper, attributes };
  }
  if (gap !== null) yield { row: METRIC_PERFORMANCE_GAP, value: gap.gap, attributes: owner };
}
