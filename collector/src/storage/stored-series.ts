import type { Labels } from '../model/labels.ts';

import type { SampleColumns, SourceSeries } from '../promql/series-source.ts';

import type { ResourceState } from './liveness.ts';
import type { SeriesInterest } from './retention.ts';
import type { SampleRing } from './sample-ring.ts';

/** Names a series for appends. A number whose series was removed is recognised as unknown. */
export type SeriesReference = number;

export class StoredSeries implements SourceSeries {
  readonly reference: SeriesReference;
  readonly labels: Labels;
  readonly ring: SampleRing;
  interest: SeriesInterest;
  /** The store's epoch when the newest sample arrived. */
  renewedEpoch = 0;
  readonly resource: ResourceState | undefined;
  /** The next series with the same label hash. */
  nextInBucket: StoredSeries | undefined = undefined;

  constructor(
    identity: { readonly reference: SeriesReference; readonly labels: Labels },
    ring: SampleRing,
    owner: { readonly interest: SeriesInterest; readonly resource: ResourceState | undefined },
  ) {
    this.reference = identity.reference;
    this.labels = identity.labels;
    this.ring = ring;
    this.interest = owner.interest;
    this.resource = owner.resource;
  }

  /** Whether the oldest and the newest sample leave room for one in between, both inclusive. */
  mayHaveSamples(startMs: number, endMs: number): boolean {
    const { ring } = this;
    return ring.newestMs >= startMs && ring.size > 0 && (ring.page.times[ring.begin] ?? 0) <= endMs;
  }

  columns(startMs: number, endMs: number): SampleColumns {
    return this.ring.columns(startMs, endMs);
  }
}
