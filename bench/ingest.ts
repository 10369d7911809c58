/**
 * How many OTLP data points one core takes in: gunzip, read, translate, store.
 *
 * The load is a request of 10,000 points (60 % sums, 20 % gauges, 20 % histograms of 15 buckets,
 * five attributes each) exported 60 times. Requests are encoded and compressed beforehand, in this
 * process, by protobufjs. Its own figure is gunzip and decode only: it has nothing to translate
 * with, so the comparison is in its favour.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gunzipSync, gzipSync } from 'node:zlib';

import { readMetrics } from '../collector/src/otlp/read/read-metrics.ts';
import { MetricTranslator } from '../collector/src/otlp/translate/metric-translator.ts';
import { RetentionPlan } from '../collector/src/storage/retention.ts';
import { SeriesStore } from '../collector/src/storage/series-store.ts';
import { otlpType } from '../test/support/otlp/otlp-proto.ts';
import { type ExportTime, encodeExport, STREAMS } from './ingest/exports.ts';
import { median } from './quantiles.ts';

const EXPORTS = 60;
const STEP_MS = 10_000;
const START_MS = 1_790_000_000_000;
const WARMUP_EXPORTS = 20;
const ORACLE_EXPORTS = 10;
/** Ours and the library's take turns; a figure is the median over rounds. */
const ROUNDS = 5;

export async function main(options: { readonly isJson: boolean }): Promise<void> {
  const bodies = Array.from({ length: EXPORTS }, (_, index) =>
    gzipSync(encodeExport(exportTime(index))),
  );
  // First, while no other store waits for the garbage collector.
  const memory = measureMemory(bodies);
  for (let round = 0; round < 2; round += 1) measure(bodies.slice(0, WARMUP_EXPORTS));
  const oracleBodies = bodies.slice(0, ORACLE_EXPORTS);
  const rounds = Array.from({ length: ROUNDS }, () => ({
    ...measure(bodies),
    library: measureLibrary(oracleBodies),
  }));
  const figures = {
    pointsPerSecond: Math.round(median(rounds.map((round) => round.pointsPerSecond))),
    protobufjsPointsPerSecond: Math.round(median(rounds.map((round) => round.library))),
    bytesPerSeries: Math.round(memory.bytesPerSeries),
    samplesPerSecond: Math.round(median(rounds.map((round) => round.samplesPerSecond))),
    newSeriesPerSecond: Math.round(median(rounds.map((round) => round.newSeriesPerSecond))),
    series: memory.series,
    samplesPerSeries: EXPORTS,
  };
  if (!options.isJson) printTable(figures);
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}

function exportTime(index: number): ExportTime {
  return { index, timeMs: START_MS + index * STEP_MS, startMs: START_MS - 60_000 };
}

class Ingest {
  readonly store: SeriesStore = new SeriesStore({
    retention: new RetentionPlan([], { retainAllMs: EXPORTS * STEP_MS, marginMs: STEP_MS }),
  });
  readonly #translator = new MetricTranslator({ sink: this.store });

  take(body: Uint8Array, nowMs: number): void {
    this.store.advanceTo(nowMs);
    const result = this.#translator.translate(readMetrics(gunzipSync(body)), nowMs);
    if (result.rejectedPoints > 0) throw new Error(`Lost points: ${result.message}`);
  }
}

interface Rates {
  /** All exports after the first. */
  readonly pointsPerSecond: number;
  readonly samplesPerSecond: number;
  /** The first export, which creates every series. */
  readonly newSeriesPerSecond: number;
}

function measure(bodies: readonly Uint8Array[]): Rates {
  const ingest = new Ingest();
  const [first = new Uint8Array(0), ...rest] = bodies;
  const startedMs = performance.now();
  ingest.take(first, START_MS);
  const createdMs = performance.now();
  const samplesBefore = ingest.store.counters.samples.accepted;
  for (const [index, body] of rest.entries()) ingest.take(body, START_MS + (index + 1) * STEP_MS);
  const seconds = (performance.now() - createdMs) / 1000;
  return {
    pointsPerSecond: (rest.length * STREAMS) / seconds,
    samplesPerSecond: (ingest.store.counters.samples.accepted - samplesBefore) / seconds,
    newSeriesPerSecond: ingest.store.seriesCount / ((createdMs - startedMs) / 1000),
  };
}

function measureMemory(bodies: readonly Uint8Array[]): { bytesPerSeries: number; series: number } {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const used = (): number => {
    for (let round = 0; round < 3; round += 1) collectGarbage();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const before = used();
  const ingest = new Ingest();
  for (const [index, body] of bodies.entries()) ingest.take(body, START_MS + index * STEP_MS);
  const bytes = used() - before;
  const series = ingest.store.seriesCount;
  return { bytesPerSeries: bytes / series, series };
}

function measureLibrary(bodies: readonly Uint8Array[]): number {
  const type = otlpType('ExportMetricsServiceRequest');
  const decode = (body: Uint8Array): void => void type.decode(gunzipSync(body));
  bodies.slice(0, 3).forEach(decode);
  const startedMs = performance.now();
  bodies.forEach(decode);
  return (bodies.length * STREAMS) / ((performance.now() - startedMs) / 1000);
}

function printTable(figures: Readonly<Record<string, number>>): void {
  const rows = [
    ['gunzip, read, translate, store', `${figures['pointsPerSecond']} points/s`],
    ['the same in samples', `${figures['samplesPerSecond']} samples/s`],
    ['the first export of each series', `${figures['newSeriesPerSecond']} series/s`],
    ['protobufjs: gunzip, decode', `${figures['protobufjsPointsPerSecond']} points/s`],
    ['memory', `${figures['bytesPerSeries']} bytes a series of ${EXPORTS} samples`],
  ];
  for (const [what, figure] of rows) process.stdout.write(`${what?.padEnd(34)}${figure}\n`);
}
