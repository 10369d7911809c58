import type { Load, LoadCounts } from '../load.ts';
import type { SpanRecord } from './otlp-decode.ts';
import type { OtlpSink, SinkCounts } from './otlp-sink.ts';
import { parsePrometheusPage, type Sample, total, totalBy } from './prometheus-page.ts';
import { type Bucket, buckets, histogramQuantile } from './quantile.ts';
import type { SpanCounts } from './trace-store.ts';

const DURATION = 'ml_inference_duration_seconds';
const QUEUE_DURATION = 'ml_inference_queue_duration_seconds';
const COMPUTE_DURATION = 'ml_inference_compute_duration_seconds';
const PREDICTIONS = 'ml_predictions_total';
const OUTCOME = 'ml_prediction_outcome';
/** Everything that Telltale says it held back, failed to export or failed to do. */
const LOSSES = [
  'ml_inference_spans_suppressed_total',
  'telltale_events_dropped_total',
  'telltale_export_failures_total',
  'telltale_errors_total',
];
const PAGE_TIMEOUT_MS = 5000;

/** Milliseconds below which half, 95 % and 99 % of the values lie. */
export interface Quantiles {
  readonly p50: number | undefined;
  readonly p95: number | undefined;
  readonly p99: number | undefined;
}

/** Everything that the view and the verdict need, at one moment. */
export interface Snapshot {
  /** The service has ended: nothing will change any more. */
  readonly isOver: boolean;
  readonly elapsedMs: number;
  /** Answered requests per second since the snapshot before. */
  readonly requestsPerSecond: number;
  readonly load: LoadCounts;
  /** As the load generator saw it, network and parsing included. */
  readonly requestMs: Quantiles;
  /** From the histograms of the Prometheus page, over the whole run. */
  readonly inferenceMs: Quantiles;
  readonly queueMs: Quantiles;
  readonly computeMs: Quantiles;
  /** Count of the duration histogram on the Prometheus page. */
  readonly durationCount: number;
  /** Predictions by outcome, from the Prometheus page. */
  readonly predictions: Readonly<Record<string, number>>;
  readonly spans: SpanCounts;
  /** Sum of Telltale's own loss counters on the Prometheus page. */
  readonly losses: number;
  readonly sink: SinkCounts;
  readonly trace: readonly SpanRecord[];
}

export interface Meter {
  /** Reads the page and the counters; the page of the last success is used when it fails. */
  read(): Promise<Snapshot>;
}

export function createMeter(metricsUrl: string, load: Load, sink: OtlpSink): Meter {
  const startedMs = performance.now();
  let page: readonly Sample[] = [];
  let before = { elapsedMs: 0, answered: 0 };
  return {
    async read() {
      page = (await fetchPage(metricsUrl)) ?? page;
      const elapsedMs = performance.now() - startedMs;
      const counts = load.counts();
      const seconds = (elapsedMs - before.elapsedMs) / 1000;
      const requestsPerSecond = (counts.answered - before.answered) / Math.max(seconds, 0.001);
      before = { elapsedMs, answered: counts.answered };
      return {
        isOver: false,
        elapsedMs,
        requestsPerSecond,
        load: counts,
        requestMs: quantiles((q) => (counts.answered === 0 ? undefined : load.latencyMs(q))),
        ...fromPage(page),
        spans: sink.traces.counts(),
        sink: sink.counts(),
        trace: sink.traces.latestTrace(),
      };
    },
  };
}

type PagePart = Pick<
  Snapshot,
  'inferenceMs' | 'queueMs' | 'computeMs' | 'durationCount' | 'predictions' | 'losses'
>;

function fromPage(page: readonly Sample[]): PagePart {
  return {
    inferenceMs: histogramMs(buckets(page, DURATION)),
    queueMs: histogramMs(buckets(page, QUEUE_DURATION)),
    computeMs: histogramMs(buckets(page, COMPUTE_DURATION)),
    durationCount: total(page, `${DURATION}_count`),
    predictions: Object.fromEntries(totalBy(page, PREDICTIONS, OUTCOME)),
    losses: LOSSES.reduce((sum, name) => sum + total(page, name), 0),
  };
}

function histogramMs(histogram: readonly Bucket[]): Quantiles {
  return quantiles((q) => {
    const seconds = histogramQuantile(q, histogram);
    return seconds === undefined ? undefined : seconds * 1000;
  });
}

function quantiles(at: (q: number) => number | undefined): Quantiles {
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

async function fetchPage(url: string): Promise<Sample[] | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PAGE_TIMEOUT_MS) });
    const text = await response.text();
    return response.ok ? parsePrometheusPage(text) : undefined;
  } catch {
    return undefined;
  }
}
