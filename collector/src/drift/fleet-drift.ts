import {
  ATTR_DRIFT_ASPECT,
  ATTR_DRIFT_BASELINE_ID,
  ATTR_DRIFT_DIRECTION,
  ATTR_DRIFT_OUTCOME,
  ATTR_DRIFT_SCOPE,
  ATTR_DRIFT_SEASON,
  ATTR_DRIFT_SEGMENT,
  ATTR_DRIFT_STREAM,
  ATTR_MODEL_NAME,
  ATTR_MODEL_VERSION,
  ATTR_OTEL_METRIC_OVERFLOW,
  METRIC_DRIFT_BASELINE_SIZE,
  METRIC_DRIFT_EVIDENCE,
  METRIC_DRIFT_EVIDENCE_THRESHOLD,
  METRIC_DRIFT_RANK,
  METRIC_DRIFT_RECORDS,
  METRIC_DRIFT_STATE,
  METRIC_FEATURE_VALUE,
  METRIC_PREDICTION_UNCERTAINTY,
  METRIC_PREDICTION_VALUE,
  textKey,
} from '@telltale/core';
import type { SignedHistogram, StreamKey } from '@telltale/statistics';

import { compareUtf8 } from '../model/labels.ts';

import { type FleetOptions, fleetTime } from './fleet-options.ts';
import { type FleetOutcome, type FleetPoint, pointProblem } from './fleet-point.ts';
import type { FleetCounters, FleetStatus, FleetStreamStatus } from './fleet-status.ts';
import { FleetStream, type PlacedPoint } from './fleet-stream.ts';
import { ASPECTS, type FleetAspect } from './members.ts';
import type { References } from './rows/reference.ts';
import { SeriesBudget } from './rows/series-budget.ts';

/** Exponential histograms of the values of a stream. */
const VALUE_METRICS = [METRIC_PREDICTION_VALUE.name, METRIC_FEATURE_VALUE.name];

/** Characters of all names that are remembered of a point. */
const NAMES_LENGTH_MAX = 2048;

const OUTCOMES: ReadonlySet<string> = new Set(ATTR_DRIFT_OUTCOME.values);

type Take = (stream: FleetStream, placed: PlacedPoint) => FleetOutcome;

const TAKERS: ReadonlyMap<string, Take> = new Map<string, Take>([
  [METRIC_DRIFT_EVIDENCE.name, (stream, placed) => takeAspect(stream, placed, 'evidence')],
  [
    METRIC_DRIFT_EVIDENCE_THRESHOLD.name,
    (stream, placed) => takeAspect(stream, placed, 'threshold'),
  ],
  [METRIC_DRIFT_STATE.name, (stream, placed) => takeAspect(stream, placed, 'state')],
  [METRIC_DRIFT_RANK.name, takeRanks],
  [METRIC_DRIFT_BASELINE_SIZE.name, takeBaselineSize],
  [METRIC_DRIFT_RECORDS.name, takeRecords],
  ...[...VALUE_METRICS, METRIC_PREDICTION_UNCERTAINTY.name].map((name): [string, Take] => {
    return [name, (stream, placed) => stream.takeValues(placed)];
  }),
]);

/** Metrics that the fleet merges, by the names of their producers. */
export const FLEET_INPUTS: ReadonlySet<string> = new Set(TAKERS.keys());

/**
 * Drift of a whole fleet: it takes the drift metrics of all instances and merges them by stream.
 *
 * Only what merges exactly is merged: counts are added, evidence is averaged, of states the worst
 * counts. Distances and p-values of instances are never averaged; they are computed again.
 */
export class FleetDrift {
  readonly counters: FleetCounters = {
    accepted: 0,
    duplicates: 0,
    outOfOrder: 0,
    ignored: 0,
    rejected: {},
  };
  readonly #options: FleetOptions;
  readonly #budget: SeriesBudget;
  readonly #references: References;
  readonly #streams: Map<string, FleetStream> = new Map();

  constructor(options: FleetOptions, references: References) {
    this.#options = options;
    this.#budget = new SeriesBudget(options.seriesMax);
    this.#references = references;
  }

  /** Series remembered, of all streams. */
  get seriesCount(): number {
    return this.#budget.used;
  }

  get streamCount(): number {
    return this.#streams.size;
  }

  /** Takes one point of `FLEET_INPUTS`. A bad one is counted by its reason and left out. */
  take(point: FleetPoint, nowMs: number): FleetOutcome {
    const outcome = this.#take(point, nowMs);
    this.#count(outcome);
    return outcome;
  }

  /**
   * What is known of each stream, one after the other: closes the intervals that are over, forgets
   * what left the window. Callers may do other things in between.
   */
  *streams(nowMs: number): Generator<FleetStreamStatus> {
    const time = fleetTime(this.#options, nowMs);
    const sorted = [...this.#streams].toSorted(([, a], [, b]) => compareKeys(a.key, b.key));
    for (const [name, stream] of sorted) {
      // Gone meanwhile: the caller does other things between two streams.
      if (this.#streams.get(name) !== stream) continue;
      stream.advance(time, this.#references);
      if (stream.seenMs >= time.fromMs) {
        yield stream.status(time, this.#references);
        continue;
      }
      stream.release();
      this.#streams.delete(name);
    }
  }

  /** All streams at once. */
  status(nowMs: number): FleetStatus {
    return {
      timeMs: nowMs,
      windowMs: this.#options.windowMs,
      streams: [...this.streams(nowMs)],
    };
  }

  /** The merged values of a stream in the window, of the first metric that has any. */
  valuesOf(key: StreamKey, nowMs: number): SignedHistogram | undefined {
    const stream = this.#streams.get(keyText(key));
    stream?.advance(fleetTime(this.#options, nowMs), this.#references);
    for (const metric of VALUE_METRICS) {
      const found = stream?.valuesOf(metric);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Begins a new window for the streams that the test names. @returns how many */
  reset(isWanted: (key: StreamKey) => boolean): number {
    const streams = [...this.#streams.values()].filter(({ key }) => isWanted(key));
    for (const stream of streams) stream.reset();
    return streams.length;
  }

  #take(point: FleetPoint, nowMs: number): FleetOutcome {
    // What this service, or another one, sent out must not come back as an instance; and what was
    // left over by a limit is of many streams.
    if (point.attributes.has(ATTR_DRIFT_SCOPE.name)) return 'ignored';
    if (point.attributes.has(ATTR_OTEL_METRIC_OVERFLOW.name)) return 'ignored';
    const take = TAKERS.get(point.metric);
    if (take === undefined) return 'ignored';
    const problem = pointProblem(point);
    if (problem !== undefined) return problem;
    const key = streamKey(point.attributes);
    if (key === undefined) return 'missing_attribute';
    const member = textKey([point.instance.service, point.instance.id]);
    const baselineId = point.attributes.get(ATTR_DRIFT_BASELINE_ID.name) ?? '';
    if (keyText(key).length + member.length + baselineId.length > NAMES_LENGTH_MAX) {
      return 'attributes_too_long';
    }
    const stream = this.#stream(key);
    if (stream === undefined) return 'max_streams';
    const placed: PlacedPoint = {
      point,
      member,
      bucket: Math.floor(point.timeMs / this.#options.intervalMs),
      time: fleetTime(this.#options, nowMs),
    };
    return stream.admit(placed) ? take(stream, placed) : 'max_instances';
  }

  #stream(key: StreamKey): FleetStream | undefined {
    const name = keyText(key);
    let stream = this.#streams.get(name);
    if (stream === undefined && this.#streams.size < this.#options.streamsMax) {
      stream = new FleetStream(key, this.#options, this.#budget);
      this.#streams.set(name, stream);
    }
    return stream;
  }

  #count(outcome: FleetOutcome): void {
    const { counters } = this;
    if (outcome === 'accepted') counters.accepted += 1;
    else if (outcome === 'duplicate') counters.duplicates += 1;
    else if (outcome === 'out_of_order') counters.outOfOrder += 1;
    else if (outcome === 'ignored') counters.ignored += 1;
    else counters.rejected[outcome] = (counters.rejected[outcome] ?? 0) + 1;
  }
}

/** `undefined` when an attribute is missing that every stream has. */
function streamKey(attributes: ReadonlyMap<string, string>): StreamKey | undefined {
  const model = attributes.get(ATTR_MODEL_NAME.name);
  const name = attributes.get(ATTR_DRIFT_STREAM.name);
  const direction = attributes.get(ATTR_DRIFT_DIRECTION.name);
  const segment = attributes.get(ATTR_DRIFT_SEGMENT.name);
  if (model === undefined || name === undefined) return undefined;
  if (direction !== 'input' && direction !== 'output') return undefined;
  const version = attributes.get(ATTR_MODEL_VERSION.name) ?? '';
  const season = attributes.get(ATTR_DRIFT_SEASON.name);
  return {
    model,
    version,
    name,
    direction,
    ...(segment === undefined ? {} : { segment }),
    ...(season === undefined ? {} : { season }),
  };
}

/** Equal for equal streams only. */
function keyText({
  model,
  version,
  name,
  direction,
  segment = '',
  season = '',
}: StreamKey): string {
  return textKey([model, version, name, direction, segment, season]);
}

/** An order that reads well. */
function compareKeys(left: StreamKey, right: StreamKey): number {
  for (const part of KEY_PARTS) {
    const order = compareUtf8(left[part] ?? '', right[part] ?? '');
    if (order !== 0) return order;
  }
  return 0;
}

const KEY_PARTS = ['model', 'version', 'name', 'direction', 'segment', 'season'] as const;

function takeAspect(
  stream: FleetStream,
  placed: PlacedPoint,
  what: 'evidence' | 'threshold' | 'state',
): FleetOutcome {
  const { body, attributes } = placed.point;
  if (body.kind !== 'number') return 'wrong_type';
  const aspect = ASPECTS.find((name) => name === attributes.get(ATTR_DRIFT_ASPECT.name));
  if (aspect === undefined) return 'missing_attribute';
  if (body.value < 0) return 'not_a_count';
  const reading: { aspect: FleetAspect; what: typeof what; value: number } = {
    aspect,
    what,
    value: body.value,
  };
  return stream.takeAspect(placed, reading);
}

function takeRanks(stream: FleetStream, placed: PlacedPoint): FleetOutcome {
  const id = placed.point.attributes.get(ATTR_DRIFT_BASELINE_ID.name);
  return id === undefined ? 'missing_attribute' : stream.takeRanks(placed, id);
}

function takeBaselineSize(stream: FleetStream, placed: PlacedPoint): FleetOutcome {
  const { body, attributes } = placed.point;
  const id = attributes.get(ATTR_DRIFT_BASELINE_ID.name);
  if (id === undefined) return 'missing_attribute';
  return body.kind === 'number' ? stream.takeBaselineSize(placed, id, body.value) : 'wrong_type';
}

function takeRecords(stream: FleetStream, placed: PlacedPoint): FleetOutcome {
  const outcome = placed.point.attributes.get(ATTR_DRIFT_OUTCOME.name);
  if (outcome === undefined || !OUTCOMES.has(outcome)) return 'missing_attribute';
  return stream.takeRecords(placed, outcome);
}
