import type { NativeHistogram } from '../../model/histogram/histogram.ts';
import type { Labels } from '../../model/labels.ts';
import type { Exemplar } from '../read/exemplar.ts';

/** What a sink says about a sample. Everything but the first two is told to the sender. */
export type SampleOutcome =
  | 'accepted'
  | 'duplicate'
  | 'conflict'
  | 'too_old'
  | 'too_new'
  | 'unknown_series';

/** Why a sink keeps no series. `unselected` means that no rule asks for it and is no fault. */
export type SeriesRefusal =
  | 'unselected'
  | 'max_series'
  | 'max_series_per_metric'
  | 'max_labels'
  | 'max_label_value_bytes'
  | 'label_memory';

export interface HistogramSample {
  readonly value: number;
  readonly histogram?: NativeHistogram | undefined;
  /** Milliseconds; 0 when unknown. */
  readonly startTimeMs?: number | undefined;
}

/**
 * Where samples go: the series store. Times are milliseconds since the epoch.
 *
 * A reference names a series for appends. Once its series was removed the sink answers
 * `unknown_series`, and the translator resolves the labels again.
 */
export interface SampleSink {
  resolve(labels: Labels): number | SeriesRefusal;
  append(reference: number, timeMs: number, value: number): SampleOutcome;
  appendWith(reference: number, timeMs: number, sample: HistogramSample): SampleOutcome;
  appendStale(reference: number, timeMs: number): SampleOutcome;
}

/** What Prometheus' metadata API says about a metric family. */
export interface FamilyMetadata {
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary';
  /** As Prometheus words it: `seconds`, `bytes_per_second`, `''`. */
  readonly unit: string;
  readonly help: string;
}

/** What else a translator reports. */
export interface TranslateListener {
  /** A metric family is seen for the first time since the caches were last emptied. */
  onFamily?(name: string, metadata: FamilyMetadata): void;
  /** A series got a sample with an exemplar. */
  onExemplar?(reference: number, exemplar: Exemplar): void;
}
