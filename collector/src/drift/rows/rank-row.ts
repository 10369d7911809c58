import { CountEvidence, total } from '@telltale/statistics';

import { type FleetTime, LATE_BUCKETS } from '../fleet-options.ts';
import { type FleetInstance, RANK_BUCKETS } from '../fleet-point.ts';
import { CountBuckets } from './count-buckets.ts';
import { Increments, type SeriesPoint, subtractCounts, type Taken } from './increments.ts';
import { type FleetReference, type References, weightsOfSize } from './reference.ts';
import type { SeriesBudget } from './series-budget.ts';

/** What one instance counted in the window. */
export interface InstanceCounts {
  readonly key: string;
  readonly instance: FleetInstance;
  readonly counts: Float64Array;
}

/** Ranks of one instance. */
interface InstanceRanks {
  readonly instance: FleetInstance;
  readonly window: CountBuckets;
  readonly series: Increments<Float64Array>;
  seenMs: number;
}

/** Ranks against one baseline, which are the only ones that may be added up. */
export class RankRow {
  readonly id: string;
  seenMs = 0;
  readonly #budget: SeriesBudget;
  readonly #window = new CountBuckets(RANK_BUCKETS);
  readonly #members: Map<string, InstanceRanks> = new Map();
  #ofSize: { readonly size: number; readonly reference: FleetReference } | undefined;
  #evidence: CountEvidence | undefined;
  #closedBucket: number | undefined;

  constructor(id: string, budget: SeriesBudget) {
    this.id = id;
    this.#budget = budget;
  }

  get memberCount(): number {
    return this.#members.size;
  }

  /** Evidence from merged counts, one step an interval; `undefined` without a known baseline. */
  get evidence(): number | undefined {
    return this.#evidence?.evidence;
  }

  /** Counts of all instances in the window. */
  get counts(): Float64Array {
    return this.#window.sum;
  }

  /** @param size values of the baseline, as instances say */
  setSize(size: number): void {
    if (this.#ofSize?.size === size) return;
    this.#ofSize = { size, reference: { weights: weightsOfSize(size), designEffect: 1 } };
  }

  take(
    from: { readonly key: string; readonly instance: FleetInstance },
    point: SeriesPoint<Float64Array>,
    at: { readonly bucket: number; readonly time: FleetTime },
  ): Taken<Float64Array> {
    let member = this.#members.get(from.key);
    if (member === undefined) {
      if (!this.#budget.take()) return 'full';
      const window = new CountBuckets(RANK_BUCKETS);
      const series = new Increments(subtractCounts);
      member = { instance: from.instance, window, series, seenMs: 0 };
      this.#members.set(from.key, member);
    }
    this.seenMs = at.time.nowMs;
    member.seenMs = at.time.nowMs;
    const increment = member.series.take(point, at.time.fromMs);
    if (typeof increment === 'object') {
      member.window.add(at.bucket, increment.added);
      this.#window.add(at.bucket, increment.added);
    }
    return increment;
  }

  /** What the row is compared with; a file knows more than a size. */
  reference(references: References): FleetReference | undefined {
    return references.byId(this.id) ?? this.#ofSize?.reference;
  }

  /** Counts of each instance in the window, where there are any. */
  ofInstances(): InstanceCounts[] {
    return [...this.#members].flatMap(([key, { instance, window }]) =>
      total(window.sum) === 0 ? [] : [{ key, instance, counts: window.sum }],
    );
  }

  /** Begins a new window; what was counted before is not counted again. */
  reset(): void {
    this.#evidence = undefined;
    this.#window.clear();
    for (const { window } of this.#members.values()) window.clear();
  }

  /** Takes the buckets that no point can reach any more, and forgets what left the window. */
  advance(time: FleetTime, references: References): void {
    const last = time.bucket - LATE_BUCKETS - 1;
    const first = Math.max(time.firstBucket, (this.#closedBucket ?? last - 1) + 1);
    for (let bucket = first; bucket <= last; bucket += 1) this.#close(bucket, references);
    this.#closedBucket = Math.max(this.#closedBucket ?? last, last);
    this.#window.forgetBefore(time.firstBucket);
    for (const [key, { window, seenMs }] of this.#members) {
      window.forgetBefore(time.firstBucket);
      if (!window.isEmpty || seenMs >= time.fromMs) continue;
      this.#members.delete(key);
      this.#budget.release(1);
    }
  }

  /** Call before the row is forgotten. */
  release(): void {
    this.#budget.release(this.#members.size);
    this.#members.clear();
  }

  #close(bucket: number, references: References): void {
    const counts = this.#window.at(bucket);
    if (counts === undefined || total(counts) === 0) return;
    const reference = this.reference(references);
    if (reference === undefined || reference.weights.some((weight) => weight <= 0)) return;
    this.#evidence ??= new CountEvidence(reference.weights);
    this.#evidence.update(counts, reference.designEffect);
  }
}
