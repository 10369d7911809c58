import type { SignedHistogram, StreamKey } from '@telltale/statistics';

import { findBadInstance } from './bad-instance.ts';
import { type FleetOptions, type FleetTime, LATE_BUCKETS } from './fleet-options.ts';
import { type FleetOutcome, type FleetPoint, rankCounts } from './fleet-point.ts';
import type { FleetFinding, FleetStreamStatus, RankRowStatus } from './fleet-status.ts';
import { type FleetAspect, Members, STATES } from './members.ts';
import { rankDistances } from './rank-distances.ts';
import { CountBuckets } from './rows/count-buckets.ts';
import { Increments, type SeriesPoint, subtractCounts, type Taken } from './rows/increments.ts';
import { RankRow } from './rows/rank-row.ts';
import type { FleetReference, References } from './rows/reference.ts';
import type { SeriesBudget } from './rows/series-budget.ts';
import { ValueRow } from './rows/value-row.ts';

/** Baselines of one stream at a time; more come and go with releases only. */
const ROWS_MAX = 8;

/** A point with what it takes to put it in its place. */
export interface PlacedPoint {
  readonly point: FleetPoint;
  /** Tells instances apart. */
  readonly member: string;
  readonly bucket: number;
  readonly time: FleetTime;
}

/** Everything that the fleet knows of one stream. */
export class FleetStream {
  readonly key: StreamKey;
  readonly #options: FleetOptions;
  readonly #budget: SeriesBudget;
  readonly #members = new Members();
  readonly #rows: Map<string, RankRow> = new Map();
  readonly #values: Map<string, ValueRow> = new Map();
  /** By member, then by outcome. */
  readonly #records: Map<string, Map<string, Increments<Float64Array>>> = new Map();
  readonly #outcomes: Map<string, CountBuckets> = new Map();
  #seenMs = 0;

  constructor(key: StreamKey, options: FleetOptions, budget: SeriesBudget) {
    this.key = key;
    this.#options = options;
    this.#budget = budget;
  }

  get seenMs(): number {
    return this.#seenMs;
  }

  /** Whether an instance may be remembered; notes that it is alive. */
  admit({ point, member, time }: PlacedPoint): boolean {
    if (!this.#members.has(member) && this.#members.size >= this.#options.instancesMax) {
      return false;
    }
    this.#seenMs = time.nowMs;
    this.#members.touch(member, point.instance, time.nowMs);
    return true;
  }

  takeAspect(
    { member, time }: PlacedPoint,
    reading: {
      readonly aspect: FleetAspect;
      readonly what: 'evidence' | 'threshold' | 'state';
      readonly value: number;
    },
  ): FleetOutcome {
    this.#members.note(member, reading, time.nowMs);
    return 'accepted';
  }

  takeRanks(placed: PlacedPoint, baselineId: string): FleetOutcome {
    const { point, member, bucket, time } = placed;
    if (point.body.kind !== 'histogram') return 'wrong_type';
    const counts = rankCounts(point.body.counts, point.body.bounds);
    if (counts === undefined) return 'bounds_mismatch';
    const late = lateness(placed);
    if (late !== undefined) return late;
    const row = this.#row(baselineId, time);
    if (row === undefined) return 'max_baselines';
    const from = { key: member, instance: point.instance };
    return outcomeOf(row.take(from, seriesPoint(point, counts), { bucket, time }));
  }

  takeBaselineSize({ time }: PlacedPoint, baselineId: string, size: number): FleetOutcome {
    const row = this.#row(baselineId, time);
    if (row === undefined) return 'max_baselines';
    if (!Number.isSafeInteger(size) || size < 1) return 'not_a_count';
    row.setSize(size);
    row.seenMs = time.nowMs;
    return 'accepted';
  }

  takeValues(placed: PlacedPoint): FleetOutcome {
    const { point, member, bucket, time } = placed;
    if (point.body.kind !== 'exponential') return 'wrong_type';
    const late = lateness(placed);
    if (late !== undefined) return late;
    const row = this.#values.get(point.metric) ?? new ValueRow(point.metric, this.#budget);
    this.#values.set(point.metric, row);
    const { histogram } = point.body;
    return outcomeOf(
      row.take(member, seriesPoint<SignedHistogram>(point, histogram), { bucket, time }),
    );
  }

  takeRecords(placed: PlacedPoint, outcome: string): FleetOutcome {
    const { point, member, bucket, time } = placed;
    if (point.body.kind !== 'number') return 'wrong_type';
    const late = lateness(placed);
    if (late !== undefined) return late;
    const series = this.#incrementsOf(member, outcome);
    const value = Float64Array.of(point.body.value);
    const increment = series.take(seriesPoint(point, value), time.fromMs);
    if (typeof increment === 'object') {
      const buckets = this.#outcomes.get(outcome) ?? new CountBuckets(1);
      this.#outcomes.set(outcome, buckets);
      buckets.add(bucket, increment.added);
    }
    return outcomeOf(increment);
  }

  /** The merged values of a metric in the window. */
  valuesOf(metric: string): SignedHistogram | undefined {
    return this.#values.get(metric)?.merged();
  }

  /** Closes buckets and forgets what left the window. */
  advance(time: FleetTime, references: References): void {
    this.#members.forget(time);
    for (const [id, row] of this.#rows) {
      row.advance(time, references);
      if (row.memberCount === 0 && row.seenMs < time.fromMs) this.#rows.delete(id);
    }
    for (const [metric, row] of this.#values) {
      row.advance(time);
      if (row.seenMs >= time.fromMs) continue;
      row.release();
      this.#values.delete(metric);
    }
    for (const member of this.#records.keys()) {
      if (!this.#members.has(member)) this.#records.delete(member);
    }
    for (const buckets of this.#outcomes.values()) buckets.forgetBefore(time.firstBucket);
  }

  /** Call before the stream is forgotten. */
  release(): void {
    for (const row of this.#rows.values()) row.release();
    for (const row of this.#values.values()) row.release();
  }

  /** Begins a new window. Verdicts of instances stay: they are told again with each export. */
  reset(): void {
    for (const row of this.#rows.values()) row.reset();
    for (const row of this.#values.values()) row.reset();
    for (const buckets of this.#outcomes.values()) buckets.clear();
  }

  /** Call `advance` with the same time before. */
  status(time: FleetTime, references: References): FleetStreamStatus {
    const rows = [...this.#rows.values()].map((row) => rowStatus(row, references));
    const used = rows.filter(({ records }) => records > 0);
    const aspects = this.#members.aspects(time);
    const worst = Math.max(0, ...aspects.map(({ state }) => STATES.indexOf(state)));
    const reference = this.#valueReference(used, references);
    return {
      stream: this.key,
      state: STATES[worst] ?? 'learning',
      aspects,
      instances: {
        live: this.#members.live(time).length,
        silent: this.#members.silent(time).length,
        byState: this.#members.byState(time),
      },
      baselines: rows,
      values: [...this.#values.values()].flatMap((row) => row.status(reference) ?? []),
      records: this.#recordsOf(),
      findings: [
        ...this.#badPods(used, time, references),
        ...mixedBaselines(used),
        ...unknownBaselines(used),
      ],
    };
  }

  #row(id: string, { fromMs }: FleetTime): RankRow | undefined {
    const known = this.#rows.get(id);
    if (known !== undefined) return known;
    if (this.#rows.size >= ROWS_MAX) {
      // A baseline that no instance uses any more makes room for that of a new release.
      const idle = [...this.#rows.values()].find(({ seenMs }) => seenMs < fromMs);
      if (idle === undefined) return undefined;
      idle.release();
      this.#rows.delete(idle.id);
    }
    const row = new RankRow(id, this.#budget);
    this.#rows.set(id, row);
    return row;
  }

  /** Values are compared with the baseline that most ranks are of. */
  #valueReference(
    rows: readonly RankRowStatus[],
    references: References,
  ): FleetReference | undefined {
    const [first] = rows.toSorted((a, b) => b.records - a.records);
    const known = first && references.byId(first.baselineId);
    return known ?? references.current(this.key);
  }

  #incrementsOf(member: string, outcome: string): Increments<Float64Array> {
    const byOutcome = this.#records.get(member) ?? new Map<string, Increments<Float64Array>>();
    const increments = byOutcome.get(outcome) ?? new Increments(subtractCounts);
    this.#records.set(member, byOutcome.set(outcome, increments));
    return increments;
  }

  #recordsOf(): Record<string, number> {
    const entries = [...this.#outcomes].map(([outcome, buckets]): [string, number] => {
      return [outcome, buckets.sum[0] ?? 0];
    });
    return Object.fromEntries(entries.filter(([, count]) => count > 0));
  }

  #badPods(
    rows: readonly RankRowStatus[],
    time: FleetTime,
    references: References,
  ): FleetFinding[] {
    const live = new Set(this.#members.live(time).map(({ key }) => key));
    return rows.flatMap(({ baselineId }) => {
      const row = this.#rows.get(baselineId);
      if (row === undefined) return [];
      const suspects = row.ofInstances().filter(({ key }) => live.has(key));
      const found = findBadInstance(
        suspects.map(({ key, instance, counts }) => {
          return { instance, counts, evidence: this.#members.evidenceOf(key) };
        }),
        row.reference(references)?.designEffect ?? 1,
      );
      if (found === undefined) return [];
      const { instance, psiDebiased, p, evidence = null } = found;
      const { id, service } = instance;
      return [{ kind: 'bad_pod', baselineId, instance: id, service, psiDebiased, p, evidence }];
    });
  }
}

/** A bucket that is closed takes nothing more; one of the future would hide what comes. */
function lateness({ bucket, time }: PlacedPoint): 'too_old' | 'too_new' | undefined {
  if (bucket < time.bucket - LATE_BUCKETS) return 'too_old';
  return bucket > time.bucket + LATE_BUCKETS ? 'too_new' : undefined;
}

const seriesPoint = <T>(
  { timeMs, startTimeMs, temporality }: FleetPoint,
  value: T,
): SeriesPoint<T> => ({ timeMs, startTimeMs, temporality, value });

function outcomeOf(increment: Taken<unknown>): FleetOutcome {
  if (increment === 'full') return 'max_series';
  if (increment === 'too_many') return 'max_instances';
  return increment === 'duplicate' || increment === 'out_of_order' ? increment : 'accepted';
}

function rowStatus(row: RankRow, references: References): RankRowStatus {
  const counts = [...row.counts];
  const reference = row.reference(references);
  const records = counts.reduce((sum, count) => sum + count, 0);
  const weights = reference?.weights ?? [];
  // Weights count the gaps between the values and at both ends: one more than there are values.
  const size = weights.reduce((sum, weight) => sum + weight, 0) - 1;
  return {
    baselineId: row.id,
    baselineSize: reference === undefined ? null : size,
    instances: row.ofInstances().length,
    records,
    counts,
    distances:
      (reference && rankDistances(reference.weights, counts, reference.designEffect)) ?? null,
    countEvidence: row.evidence ?? null,
  };
}

function mixedBaselines(rows: readonly RankRowStatus[]): FleetFinding[] {
  if (rows.length < 2) return [];
  const baselineIds = rows.map(({ baselineId }) => baselineId).toSorted();
  return [{ kind: 'mixed_baselines', baselineIds }];
}

const unknownBaselines = (rows: readonly RankRowStatus[]): FleetFinding[] =>
  rows
    .filter(({ baselineSize }) => baselineSize === null)
    .map(({ baselineId }) => ({ kind: 'unknown_baseline', baselineId }));
