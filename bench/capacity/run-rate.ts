import { setTimeout as sleep } from 'node:timers/promises';

import { metrics, trace } from '@opentelemetry/api';
import {
  AggregationTemporality,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import ort from 'onnxruntime-node';

import { OnnxRuntimeInstrumentation } from '@telltale/instrumentation-onnxruntime';

import { irisModel } from '../../test/support/onnx-models.ts';
import { median } from '../quantiles.ts';

const ROUND_SECONDS = 1;
const ROUNDS = 3;
const TICK_MS = 10;
const PERCENT_MAX = 1;
const ROUNDING = 100;
const RATES = [10, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000];

/** What watching costs at a rate, in percent of a core. */
export interface RateRow {
  readonly runsPerSecond: number;
  readonly metricsPercent: number;
  readonly spanPercent: number;
}

export interface RunRateKnee {
  /** Runs a second that cost less than one percent of a core to watch, with metrics only. */
  readonly metricsRunsPerSecond: number;
  /** The same with a span of each run. */
  readonly spanRunsPerSecond: number;
  readonly rates: readonly RateRow[];
}

/** What watching costs from few runs a second to many, and where it passes one percent of a core. */
export async function findRunRate(): Promise<RunRateKnee> {
  const session = await ort.InferenceSession.create(irisModel(), { intraOpNumThreads: 1 });
  const features = new ort.Tensor('float32', Float32Array.of(5.1, 3.5, 1.4, 0.2), [1, 4]);
  const original = Reflect.get(session, 'run') as (feeds: unknown) => Promise<unknown>;
  const bare = (): Promise<unknown> => original.call(session, { features });
  const telltale = new OnnxRuntimeInstrumentation();
  provide(telltale);
  telltale.instrument(ort);
  const watched = (): Promise<unknown> => session.run({ features });
  const percentOf = async (spans: 'off' | 'all', rate: number): Promise<number> => {
    telltale.setConfig({ spans, maxRootSpansPerSecond: 1e9 });
    const percent = Math.max(0, Math.round((await addedShare(bare, watched, rate)) * 1e4) / 100);
    process.stderr.write(`spans ${spans}, ${rate}/s: ${percent} % of a core\n`);
    return percent;
  };
  const rates: RateRow[] = [];
  for (const runsPerSecond of RATES) {
    const metricsPercent = await percentOf('off', runsPerSecond);
    rates.push({
      runsPerSecond,
      metricsPercent,
      spanPercent: await percentOf('all', runsPerSecond),
    });
  }
  return {
    metricsRunsPerSecond: runsOfOnePercent(rates, ({ metricsPercent }) => metricsPercent),
    spanRunsPerSecond: runsOfOnePercent(rates, ({ spanPercent }) => spanPercent),
    rates,
  };
}

/**
 * Where a straight line through all rates passes one percent: at one rate alone the difference of
 * two processes that mostly sleep is noise of about a percent.
 */
function runsOfOnePercent(rates: readonly RateRow[], percentOf: (row: RateRow) => number): number {
  const sum = (of: (row: RateRow) => number): number =>
    rates.reduce((total, row) => total + of(row), 0);
  const slope =
    sum((row) => percentOf(row) * row.runsPerSecond) / sum((row) => row.runsPerSecond ** 2);
  return Math.floor(PERCENT_MAX / slope / ROUNDING) * ROUNDING;
}

function provide(telltale: OnnxRuntimeInstrumentation): void {
  const discard = {
    export: (_data: unknown, done: (result: { code: number }) => void) => done({ code: 0 }),
    forceFlush: async () => {},
    shutdown: async () => {},
    selectAggregationTemporality: () => AggregationTemporality.CUMULATIVE,
  };
  const spans = new BatchSpanProcessor({ exporter: discard, maxQueueSize: 50_000 });
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [spans] }));
  const reader = new PeriodicExportingMetricReader({
    exporter: discard,
    metricProducers: [telltale.createMetricProducer()],
  });
  const meters = new MeterProvider({ readers: [reader] });
  metrics.setGlobalMeterProvider(meters);
  telltale.setMeterProvider(meters);
}

/** CPU that watching adds, as a share of one core; the median over rounds that take turns. */
async function addedShare(
  bare: () => Promise<unknown>,
  watched: () => Promise<unknown>,
  rate: number,
): Promise<number> {
  const shares: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const without = await cpuSeconds(bare, rate);
    shares.push((await cpuSeconds(watched, rate)) - without);
  }
  return median(shares) / ROUND_SECONDS;
}

async function cpuSeconds(run: () => Promise<unknown>, rate: number): Promise<number> {
  const before = process.cpuUsage();
  const startMs = performance.now();
  const ticks = (ROUND_SECONDS * 1000) / TICK_MS;
  let done = 0;
  for (let tick = 1; tick <= ticks; tick += 1) {
    for (const due = Math.round((tick / ticks) * rate * ROUND_SECONDS); done < due; done += 1) {
      await run();
    }
    await sleep(Math.max(0, startMs + tick * TICK_MS - performance.now()));
  }
  const used = process.cpuUsage(before);
  return (used.user + used.system) / 1e6;
}
