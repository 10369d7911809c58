import type { Load, LoadCounts } from '../load.ts';
import type { Shift } from '../shift.ts';
import type { AlertSeen, AlertWatch } from './alerting/alert-watch.ts';
import type { Fault } from './alerting/fault-schedule.ts';
import { readDriftStatus, type StreamSeen } from './drift/drift-status.ts';
import { type GpuSeen, readGpus } from './gpu/gpu-readings.ts';
import { type FeedbackStatus, type MonitoringStatus, readStatus } from './monitoring-status.ts';
import type { SpanRecord } from './otlp-decode.ts';
import type { OtlpSink, SinkCounts } from './otlp-sink.ts';
import { parsePrometheusPage, type Sample, total, totalBy } from './prometheus-page.ts';
import { type Bucket, buckets, histogramQuantile } from './quantile.ts';
import type { SpanCounts } from './trace-store.ts';

const DURATION = 'ml_inference_duration_seconds';
const QUEUE_DURATION = 'ml_inference_queue_duration_seconds';
const COMPUTE_DURATION = 'ml_inference_compute_duration_seconds';
const PREDICTIONS = 'ml_predictions_total';
const CACHE_REQUESTS = 'ml_cache_requests_total';
const CACHE_RESULT = 'ml_cache_result';
const QUEUE_WAIT = 'ml_queue_wait_duration_seconds';
const QUEUE_SIZE = 'ml_queue_size';
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
  /** Share of look-ups that the answer cache had; `undefined` before the first. */
  readonly cacheHitRate: number | undefined;
  /** Time in the queue before the model, and how many wait now. */
  readonly runQueue: { readonly waiting: number; readonly waitMs: Quantiles };
  /** From the status endpoint. */
  readonly feedback: FeedbackStatus;
  readonly healthy: boolean;
  readonly spans: SpanCounts;
  /** Sum of Telltale's own loss counters on the Prometheus page. */
  readonly losses: number;
  readonly sink: SinkCounts;
  readonly trace: readonly SpanRecord[];
  /** What is wrong with the model now, on purpose. */
  readonly fault: Fault;
  /** What is different about the pages now, on purpose. */
  readonly shift: Shift;
  /** Streams of values that are watched for drift. */
  readonly streams: readonly StreamSeen[];
  /** The GPUs of the machine that the service tells of. */
  readonly gpus: readonly GpuSeen[];
  /** What the alert service said so far. */
  readonly alerts: readonly AlertSeen[];
}

export interface Meter {
  /** Reads the page and the counters; the page of the last success is used when it fails. */
  read(): Promise<Snapshot>;
}

export interface Monitored {
  readonly metricsUrl: string;
  /** Where the status endpoint is, without a path. */
  readonly monitoringUrl: string;
  readonly apiKey: string;
  readonly alerts: AlertWatch;
  readonly fault: () => Fault;
  readonly shift: () => Shift;
}

export function createMeter(monitored: Monitored, load: Load, sink: OtlpSink): Meter {
  const startedMs = performance.now();
  let page: readonly Sample[] = [];
  let status: MonitoringStatus = NO_STATUS;
  let streams: readonly StreamSeen[] = [];
  let before = { elapsedMs: 0, answered: 0 };
  return {
    async read() {
      const { metricsUrl, monitoringUrl, apiKey } = monitored;
      page = (await fetchPage(metricsUrl)) ?? page;
      status = (await readStatus(monitoringUrl, apiKey)) ?? { ...status, healthy: false };
      streams = (await readDriftStatus(monitoringUrl, apiKey)) ?? streams;
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
        ...status,
        spans: sink.traces.counts(),
        sink: sink.counts(),
        trace: sink.traces.latestTrace(),
        fault: monitored.fault(),
        shift: monitored.shift(),
        streams,
        alerts: await monitored.alerts.read(),
      };
    },
  };
}

const NO_STATUS: MonitoringStatus = {
  feedback: { matched: 0, unmatched: 0, accuracy: undefined, falsePositives: 0 },
  healthy: false,
};

type PagePart = Pick<
  Snapshot,
  | 'inferenceMs'
  | 'queueMs'
  | 'computeMs'
  | 'durationCount'
  | 'predictions'
  | 'cacheHitRate'
  | 'runQueue'
  | 'losses'
  | 'gpus'
>;

function fromPage(page: readonly Sample[]): PagePart {
  const cache = totalBy(page, CACHE_REQUESTS, CACHE_RESULT);
  const lookUps = total(page, CACHE_REQUESTS);
  return {
    cacheHitRate: lookUps === 0 ? undefined : (cache.get('hit') ?? 0) / lookUps,
    runQueue: { waiting: total(page, QUEUE_SIZE), waitMs: histogramMs(buckets(page, QUEUE_WAIT)) },
    inferenceMs: histogramMs(buckets(page, DURATION)),
    queueMs: histogramMs(buckets(page, QUEUE_DURATION)),
    computeMs: histogramMs(buckets(page, COMPUTE_DURATION)),
    durationCount: total(page, `${DURATION}_count`),
    predictions: Object.fromEntries(totalBy(page, PREDICTIONS, OUTCOME)),
    gpus: readGpus(page),
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
