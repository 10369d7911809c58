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
const ROUNDS = 5;
const TICK_MS = 10;
const SHARE_MAX = 0.01;
const RATES = [100, 200, 500, 1000, 2000, 5000, 10_000, 20_000];

export interface RunRateKnee {
  /** Runs a second that cost less than one percent of a core to watch, with metrics only. */
  readonly metricsRunsPerSecond: number;
  /** The same with a span of each run. */
  readonly spanRunsPerSecond: number;
}

/** Raises the rate until watching costs more than one percent of a core. */
export async function findRunRate(): Promise<RunRateKnee> {
  const session = await ort.InferenceSession.create(irisModel(), { intraOpNumThreads: 1 });
  const features = new ort.Tensor('float32', Float32Array.of(5.1, 3.5, 1.4, 0.2), [1, 4]);
  const original = Reflect.get(session, 'run') as (feeds: unknown) => Promise<unknown>;
  const bare = (): Promise<unknown> => original.call(session, { features });
  const telltale = new OnnxRuntimeInstrumentation();
  provide(telltale);
  telltale.instrument(ort);
  const watched = (): Promise<unknown> => session.run({ features });
  const knee = async (spans: 'off' | 'all'): Promise<number> => {
    telltale.setConfig({ spans, maxRootSpansPerSecond: 1e9 });
    let held = 0;
    for (const rate of RATES) {
      const share = await addedShare(bare, watched, rate);
      process.stderr.write(`spans ${spans}, ${rate}/s: ${(share * 100).toFixed(2)} % of a core\n`);
      if (share > SHARE_MAX) break;
      held = rate;
    }
    return held;
  };
  return { metricsRunsPerSecond: await knee('off'), spanRunsPerSecond: await knee('all') };
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
