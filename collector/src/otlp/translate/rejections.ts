import type { SampleOutcome, SeriesRefusal } from './sample-sink.ts';

export type RejectionReason =
  | Exclude<SampleOutcome, 'accepted' | 'duplicate'>
  | Exclude<SeriesRefusal, 'unselected'>
  | 'invalid_metric_name'
  | 'invalid_label_name'
  | 'unspecified_temporality'
  | 'delta_temporality'
  | 'delta_out_of_order'
  | 'delta_without_start_time'
  | 'max_delta_streams'
  | 'malformed_histogram'
  | 'unsupported_scale';

/** Each reason in words for the sender; the metric's name stands in front. */
const REJECTION_SENTENCES: Readonly<Record<RejectionReason, string>> = Object.freeze({
  conflict: 'another value is already stored at this time',
  too_old: 'the time is before the window that is kept for the series',
  too_new: 'the time is too far in the future: check the clock of the sender',
  unknown_series: 'the series was removed while the request was applied',
  max_series: 'the limit of series is reached',
  max_series_per_metric: 'the limit of series for this metric is reached',
  max_labels: 'the series has more labels than allowed',
  max_label_value_bytes: 'a label value is longer than allowed',
  label_memory: 'the labels of all series take more memory than they may',
  invalid_metric_name: 'no letter, digit or colon is left of the name in Prometheus',
  invalid_label_name: 'no letter or digit is left of an attribute name in Prometheus',
  unspecified_temporality: 'the aggregation temporality is neither delta nor cumulative',
  delta_temporality: 'delta temporality is switched off: send cumulative values',
  delta_out_of_order: 'the delta is older than the last one of its stream',
  delta_without_start_time:
    'the delta has no start time, unlike those before it: send start_time_unix_nano with each point',
  max_delta_streams: 'the limit of delta streams is reached',
  malformed_histogram: 'bounds do not ascend, or the bucket counts do not fit bounds and count',
  unsupported_scale: 'the scale of the exponential histogram is below -4',
});

interface Tally {
  points: number;
  /** The name of the first metric this happened to. */
  readonly metric: string;
}

/** Counts refused points by reason and words the answer to the sender. */
export class Rejections {
  readonly #byReason: Map<RejectionReason, Tally> = new Map();
  points = 0;

  add(reason: RejectionReason, metric: string, points = 1): void {
    if (points === 0) return;
    this.points += points;
    const tally = this.#byReason.get(reason);
    if (tally === undefined) this.#byReason.set(reason, { points, metric });
    else tally.points += points;
  }

  get byReason(): Partial<Record<RejectionReason, number>> {
    return Object.fromEntries([...this.#byReason].map(([reason, { points }]) => [reason, points]));
  }

  /** One sentence a reason; `''` when nothing was refused. */
  get message(): string {
    const parts = [...this.#byReason].map(
      ([reason, { points, metric }]) =>
        `${points} x ${reason}: ${REJECTION_SENTENCES[reason]} (first: metric "${metric}")`,
    );
    return parts.join('; ');
  }
}
