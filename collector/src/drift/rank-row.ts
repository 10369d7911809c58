import { CountEvidence } from '@telltale/statistics';

import { type FleetTime, LATE_BUCKETS } from './fleet-options.ts';
import { type FleetInstance, RANK_BUCKETS } from './fleet-point.ts';
import { type Increment, Increments, type SeriesPoint, subtractCounts } from './increments.ts';
import { type FleetReference, type References, weightsOfSize } from './reference.ts';
import { addCounts, TimeBuckets } from './time-buckets.ts';

/** What one instance counted in the window. */
export interface InstanceCounts {
  readonly key: string;
  readonly instance: FleetInstance;
  readonly counts: Float64Array;
}

/** Ranks of one instance. */
interface InstanceRanks {
  readonly instance: FleetInstance;
  readonly window: TimeBuckets<Float64Array>;
  readonly series: Increments<Float64Array>;
  seenMs: number;
}

/** Ranks against one baseline, which are the only ones that may be added up. */
export class RankRow {
  readonly id: string;
  /** Values of the baseline, as instances say. */
  size: number | undefined;
  seenMs = 0;
  readonly #members: Map<string, InstanceRanks> = new Map();
  #evidence: CountEvidence | undefined;
  #closedBucket: number | undefined;

  constructor(id: string) {
    this.id = id;
  }

  get memberCount(): number {
    return this.#members.size;
  }

  /** Evidence from merged counts, one step an interval; `undefined` without a known baseline. */
  get evidence(): number | undefined {
    return this.#evidence?.evidence;
  }

  take(
    from: { readonly key: string; readonly instance: FleetInstance },
    point: SeriesPoint<Float64Array>,
    at: { readonly bucket: number; readonly time: FleetTime },
  ): Increment<Float64Array> {
    let member = this.#members.get(from.key);
    if (member === undefined) {
      const window = new TimeBuckets(addCounts);
      const series = new Increments(subtractCounts);
      member = { instance: from.instance, window, series, seenMs: 0 };
      this.#members.set(from.key, member);
    }
    this.seenMs = at.time.nowMs;
    member.seenMs = at.time.nowMs;
    const increment = member.series.take(point, at.time.fromMs);
    if (typeof increment === 'object') member.window.add(at.bucket, increment.added);
    return increment;
  }

  /** What the row is compared with; a file knows more than a size. */
  reference(references: References): FleetReference | undefined {
    const known = references.byId(this.id);
    if (known !== undefined) return known;
    return this.size === undefined
      ? undefined
      : { weights: weightsOfSize(this.size), designEffect: 1 };
  }

  /** Counts of all instances in the window. */
  total({ firstBucket }: FleetTime): Float64Array {
    let sum = new Float64Array(RANK_BUCKETS);
    for (const { window } of this.#members.values()) {
      const counts = window.since(firstBucket);
      if (counts !== undefined) sum = addCounts(sum, counts) as Float64Array<ArrayBuffer>;
    }
    return sum;
  }

  /** Counts of each instance in the window, where there are any. */
  ofInstances({ firstBucket }: FleetTime): InstanceCounts[] {
    return [...this.#members].flatMap(([key, { instance, window }]) => {
      const counts = window.since(firstBucket);
      const isEmpty = counts === undefined || counts.every((count) => count === 0);
      return isEmpty ? [] : [{ key, instance, counts }];
    });
  }

  /** Begins a new window; what was counted before is not counted again. */
  reset(): void {
    this.#evidence = undefined;
    for (const { window } of this.#members.values()) window.clear();
  }

  /** Takes the buckets that no point can reach any more, and forgets what left the window. */
  advance(time: FleetTime, references: References): void {
    const last = time.bucket - LATE_BUCKETS - 1;
    const first = Math.max(time.firstBucket, (this.#closedBucket ?? last - 1) + 1);
    for (let bucket = first; bucket <= last; bucket += 1) this.#close(bucket, references);
    this.#closedBucket = Math.max(this.#closedBucket ?? last, last);
    for (const [key, { window, seenMs }] of this.#members) {
      window.forgetBefore(time.firstBucket);
      if (window.isEmpty && seenMs < time.fromMs) this.#members.delete(key);
    }
  }

  #close(bucket: number, references: References): void {
    const reference = this.reference(references);
    if (reference === undefined || reference.weights.some((weight) => weight <= 0)) return;
    let counts: Float64Array | undefined;
    for (const { window } of this.#members.values()) {
      const own = window.at(bucket);
      if (own !== undefined) counts = counts === undefined ? own : addCounts(counts, own);
    }
    if (counts === undefined || counts.every((count) => count === 0)) return;
    this.#evidence ??= new CountEvidence(reference.weights);
    this.#evidence.update(counts, reference.designEffect);
  }
}
