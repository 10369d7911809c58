import type { SeriesRefusal } from './limits.ts';

/** What happened to a sample. Everything but `accepted` and `duplicate` is told to the sender. */
export type AppendOutcome =
  | 'accepted'
  | 'duplicate'
  | 'conflict'
  | 'too_old'
  | 'too_new'
  | 'unknown_series';

/** Totals since the store was made; the runtime turns them into metrics. */
export interface StoreCounters {
  readonly samples: Record<AppendOutcome, number>;
  readonly refusedSeries: Record<SeriesRefusal, number>;
  /** Accepted samples that arrived behind a newer one of their series. */
  outOfOrder: number;
  seriesCreated: number;
  seriesRemoved: number;
  /** Series marked stale because their resource stopped to export. */
  seriesMarkedStale: number;
}

export function createStoreCounters(): StoreCounters {
  return {
    samples: {
      accepted: 0,
      duplicate: 0,
      conflict: 0,
      too_old: 0,
      too_new: 0,
      unknown_series: 0,
    },
    refusedSeries: {
      unselected: 0,
      max_series: 0,
      max_series_per_metric: 0,
      max_labels: 0,
      max_label_value_bytes: 0,
      label_memory: 0,
    },
    outOfOrder: 0,
    seriesCreated: 0,
    seriesRemoved: 0,
    seriesMarkedStale: 0,
  };
}
