import { Labels, METRIC_NAME_LABEL } from '../../model/labels.ts';
import { decimalText } from './decimal.ts';
import type { LabelPairs } from './label-pairs.ts';
import type { RejectionReason } from './rejections.ts';
import type { SampleSink } from './sample-sink.ts';
import { REFERENCE_UNSELECTED, type SeriesFamily } from './stream.ts';

export type Resolution<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: RejectionReason };

/** Asks the sink for the series of a point. */
export class SeriesResolver {
  readonly #sink: SampleSink;

  constructor(sink: SampleSink) {
    this.#sink = sink;
  }

  /** The series with one more label, or the plain one. */
  one(pairs: LabelPairs, name: string, extra?: readonly [string, string]): Resolution<number> {
    const all = new Map(pairs);
    if (extra !== undefined) all.set(...extra);
    all.set(METRIC_NAME_LABEL, name);
    const found = this.#sink.resolve(Labels.fromPairs(all));
    if (typeof found === 'number') return { ok: true, value: found };
    if (found === 'unselected') return { ok: true, value: REFERENCE_UNSELECTED };
    return { ok: false, reason: found };
  }

  classic(pairs: LabelPairs, family: string, bounds: Float64Array): Resolution<SeriesFamily> {
    const labels = [...bounds].map((bound) => ['le', decimalText(bound)] as const);
    labels.push(['le', '+Inf']);
    return this.#family(pairs, family, { keys: bounds, member: `${family}_bucket`, labels });
  }

  summary(pairs: LabelPairs, family: string, quantiles: Float64Array): Resolution<SeriesFamily> {
    const labels = [...quantiles].map((value) => ['quantile', decimalText(value)] as const);
    return this.#family(pairs, family, { keys: quantiles, member: family, labels });
  }

  #family(
    pairs: LabelPairs,
    family: string,
    members: {
      readonly keys: Float64Array;
      readonly member: string;
      readonly labels: readonly (readonly [string, string])[];
    },
  ): Resolution<SeriesFamily> {
    const sum = this.one(pairs, `${family}_sum`);
    if (!sum.ok) return sum;
    const count = this.one(pairs, `${family}_count`);
    if (!count.ok) return count;
    const references = new Float64Array(members.labels.length);
    for (const [index, label] of members.labels.entries()) {
      const resolved = this.one(pairs, members.member, label);
      if (!resolved.ok) return resolved;
      references[index] = resolved.value;
    }
    const { keys } = members;
    return {
      ok: true,
      value: { keys, sum: sum.value, count: count.value, members: references },
    };
  }
}
