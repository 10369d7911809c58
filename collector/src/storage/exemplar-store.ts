import type { Labels } from '../model/labels.ts';

/** A measurement that stands behind a sample, with the trace it happened in. */
export interface StoredExemplar {
  readonly timeMs: number;
  readonly value: number;
  /** `trace_id`, `span_id` and what else the measurement carried. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface SeriesExemplars {
  readonly labels: Labels;
  readonly exemplars: readonly StoredExemplar[];
}

/** The newest exemplars of each series; beyond the limit the series longest without one goes. */
export class ExemplarStore {
  readonly #seriesMax: number;
  readonly #perSeriesMax: number;
  readonly #series: Map<string, { readonly labels: Labels; exemplars: StoredExemplar[] }> =
    new Map();

  constructor(limits: { readonly seriesMax: number; readonly perSeriesMax: number }) {
    this.#seriesMax = limits.seriesMax;
    this.#perSeriesMax = limits.perSeriesMax;
  }

  /** A repeated exemplar is ignored. */
  add(labels: Labels, exemplar: StoredExemplar): void {
    const { key } = labels;
    const entry = this.#series.get(key) ?? { labels, exemplars: [] };
    const isKnown = entry.exemplars.some(
      (known) =>
        known.timeMs === exemplar.timeMs &&
        known.value === exemplar.value &&
        known.labels['trace_id'] === exemplar.labels['trace_id'],
    );
    if (!isKnown) entry.exemplars = [...entry.exemplars, exemplar].slice(-this.#perSeriesMax);
    this.#series.delete(key);
    this.#series.set(key, entry);
    if (this.#series.size <= this.#seriesMax) return;
    for (const oldest of this.#series.keys()) {
      this.#series.delete(oldest);
      return;
    }
  }

  /** Exemplars between the times (both inclusive) of the series that `matches` accepts. */
  select(matches: (labels: Labels) => boolean, startMs: number, endMs: number): SeriesExemplars[] {
    return [...this.#series.values()]
      .filter(({ labels }) => matches(labels))
      .map(({ labels, exemplars }) => ({
        labels,
        exemplars: exemplars.filter(({ timeMs }) => timeMs >= startMs && timeMs <= endMs),
      }))
      .filter(({ exemplars }) => exemplars.length > 0);
  }
}
