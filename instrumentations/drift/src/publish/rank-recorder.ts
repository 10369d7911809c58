import type { Histogram, Meter } from '@opentelemetry/api';

import { instrumentOptions, METRIC_DRIFT_RANK } from '@telltale/core';

import type { RankCounts } from '../compare/rank-counts.ts';
import type { DriftMonitor } from '../monitor/drift-monitor.ts';
import type { StreamMonitor } from '../stream/stream-monitor.ts';
import { streamAttributes } from './telemetry-attributes.ts';

/** Records between two turns of the event loop: the SDK takes about a microsecond for each. */
const CHUNK_RECORDS = 2000;

/**
 * Hands ranks to the SDK. They are counted as values arrive; the SDK knows no "so many at once", so
 * they are recorded one by one, a few at a time, and not while a reader waits for metrics.
 */
export class RankRecorder {
  readonly #histogram: Histogram;
  readonly #monitor: DriftMonitor;
  readonly #recorded = new WeakMap<RankCounts, number[]>();
  #isQueued = false;

  /** Ranks from before are not recorded: a late recorder starts with the next values. */
  constructor(meter: Meter, monitor: DriftMonitor) {
    this.#histogram = meter.createHistogram(
      METRIC_DRIFT_RANK.name,
      instrumentOptions(METRIC_DRIFT_RANK),
    );
    this.#monitor = monitor;
    for (const { comparison } of monitor.streams()) {
      if (comparison !== undefined)
        this.#recorded.set(comparison.ranks, [...comparison.ranks.totals]);
    }
  }

  /** Records what there is in the turns to come. */
  queue(): void {
    if (this.#isQueued) return;
    this.#isQueued = true;
    this.#monitor.options.schedule(() => {
      this.#isQueued = false;
      if (this.#record(CHUNK_RECORDS) === 0) this.queue();
    });
  }

  /** Records what there is at once, for the end of a process. */
  settle(): void {
    this.#record(Number.POSITIVE_INFINITY);
  }

  /** @returns how many more might have been recorded; 0 when there may be something left */
  #record(recordsMax: number): number {
    let left = recordsMax;
    for (const stream of this.#monitor.streams()) {
      left = this.#recordStream(stream, left);
      if (left === 0) return 0;
    }
    return left;
  }

  #recordStream({ key, comparison }: StreamMonitor, recordsMax: number): number {
    if (comparison === undefined) return recordsMax;
    const { ranks, baselineId } = comparison;
    const recorded = this.#recorded.get(ranks) ?? ranks.totals.map(() => 0);
    this.#recorded.set(ranks, recorded);
    const attributes = streamAttributes(key, baselineId);
    let left = recordsMax;
    for (const [bucket, total] of ranks.totals.entries()) {
      const rank = (bucket + 0.5) / ranks.totals.length;
      const count = Math.min(left, total - (recorded[bucket] ?? 0));
      for (let index = 0; index < count; index += 1) this.#histogram.record(rank, attributes);
      recorded[bucket] = (recorded[bucket] ?? 0) + count;
      left -= count;
    }
    return left;
  }
}
