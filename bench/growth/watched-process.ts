import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import ort from 'onnxruntime-node';

import { DriftMonitor } from '@telltale/instrumentation-drift';
import { OnnxRuntimeInstrumentation } from '@telltale/instrumentation-onnxruntime';

import { irisModel } from '../../test/support/onnx-models.ts';
import { median } from '../quantiles.ts';
import { medianNs } from './median-time.ts';

const LEARNED = 1500;
const VALUES_A_STREAM = 40;
const RUNS = 2000;
const ROUNDS = 15;

export interface StreamsRow {
  readonly streams: number;
  /** Nanoseconds of one value of one stream. */
  readonly valueNs: number;
  readonly kibPerStream: number;
}

/** Streams of one monitor that have their baselines, each given values in turns. */
export function measureStreams(streams: number): StreamsRow {
  const before = heldBytes();
  const monitor = new DriftMonitor({ streamsMax: streams + 1 });
  const watched = Array.from({ length: streams }, (_, index) => {
    const name = `feature-${index}`;
    const stream = monitor.stream(
      { model: 'm', version: '1', name, direction: 'input' },
      'numeric',
    );
    for (let record = 0; record < LEARNED; record += 1) stream.observe(valueAt(record + index));
    return stream;
  });
  const kibPerStream = (heldBytes() - before) / streams / 1024;
  let record = 0;
  const ns = medianNs(
    () => {
      for (let value = 0; value < VALUES_A_STREAM; value += 1) {
        record += 1;
        for (const stream of watched) stream.observe(valueAt(record));
      }
    },
    5,
    2,
  );
  return {
    streams,
    valueNs: Math.round(ns / VALUES_A_STREAM / streams),
    kibPerStream: Math.round(kibPerStream * 10) / 10,
  };
}

/** Values without a pattern, the same in each run. */
function valueAt(index: number): number {
  return ((Math.imul(index + 1, 2_654_435_761) >>> 0) / 2 ** 32 - 0.5) * 4;
}

export interface ModelsRow {
  readonly models: number;
  /** Nanoseconds that metrics add to a run, while the models take turns. */
  readonly addedNs: number;
  /** Milliseconds of one collection of all run metrics. */
  readonly collectMs: number;
}

/** Sessions are made before anything is patched, so that both ways to run one are at hand. */
export async function measureModels(counts: readonly number[]): Promise<readonly ModelsRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-models-'));
  try {
    const sessions = await sessionsOf(folder, Math.max(...counts));
    const bare = sessions.map((session): Run => {
      const original = Reflect.get(session, 'run') as Run;
      return (feeds) => original.call(session, feeds);
    });
    const instrumentation = new OnnxRuntimeInstrumentation({ spans: 'off' });
    const producer = instrumentation.createMetricProducer();
    instrumentation.instrument(ort);
    const observed = sessions.map(
      (session): Run =>
        (feeds) =>
          session.run(feeds as Feeds),
    );
    const rows: ModelsRow[] = [];
    for (const models of counts) {
      const addedNs = await addedBy(observed.slice(0, models), bare.slice(0, models));
      const before = performance.now();
      await producer.collect();
      const collectMs = Math.round((performance.now() - before) * 100) / 100;
      rows.push({ models, addedNs, collectMs });
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The median over rounds that take turns. */
async function addedBy(observed: readonly Run[], bare: readonly Run[]): Promise<number> {
  const added: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const withoutNs = await runNs(bare);
    added.push((await runNs(observed)) - withoutNs);
  }
  return Math.round(median(added));
}

type Feeds = Parameters<ort.InferenceSession['run']>[0];
type Run = (feeds: unknown) => Promise<unknown>;

async function sessionsOf(folder: string, models: number): Promise<ort.InferenceSession[]> {
  const sessions: ort.InferenceSession[] = [];
  for (let model = 0; model < models; model += 1) {
    const path = join(folder, `model-${model}.onnx`);
    writeFileSync(path, irisModel());
    sessions.push(await ort.InferenceSession.create(path, { intraOpNumThreads: 1 }));
  }
  return sessions;
}

/** Nanoseconds of a run, while the models take turns. */
async function runNs(runs: readonly Run[]): Promise<number> {
  const features = new ort.Tensor('float32', Float32Array.of(5.1, 3.5, 1.4, 0.2), [1, 4]);
  const before = process.hrtime.bigint();
  for (let run = 0; run < RUNS; run += 1) await runs[run % runs.length]?.({ features });
  return Number(process.hrtime.bigint() - before) / RUNS;
}

function heldBytes(): number {
  for (let round = 0; round < 3; round += 1) globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
