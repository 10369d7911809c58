import type { Labels } from '../../../model/labels.ts';
import type { SampleColumns, SourceSeries } from '../../series-source.ts';

/** The sample columns of a series that grows: valid from index `begin` up to, not including, `end`. */
export interface LiveColumns {
  readonly page: Pick<SampleColumns, 'times' | 'values' | 'flags' | 'histograms' | 'startTimes'>;
  readonly begin: number;
  readonly end: number;
  /**
   * Samples dropped from the front so far. With it a sample keeps a number for life (`evicted` plus
   * its distance from `begin`) although storage moves samples about.
   */
  readonly evicted: number;
  /** Counts insertions anywhere but at the end: what was read before has to be read again. */
  readonly revision: number;
}

/** A series that standing queries follow. */
export interface LiveSeries extends SourceSeries {
  readonly labels: Labels;
  readonly ring: LiveColumns;
}

export interface LiveListener {
  onCreated(series: LiveSeries): void;
  onRemoved(series: LiveSeries): void;
}

/** What standing queries ask of storage: all series now, and to be told when one comes or goes. */
export interface LiveSource {
  values(): Iterable<LiveSeries>;
  /** Returns a function that ends the subscription. */
  subscribe(listener: LiveListener): () => void;
}
