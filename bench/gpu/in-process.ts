import { createRequire } from 'node:module';

import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';

import { createStub } from '../../examples/gpu-check/stub/compile.ts';
import { DRIVER_LINES, deviceLines } from '../../examples/gpu-check/stub/devices.ts';
import { GpuInstruments } from '../../instrumentations/gpu/src/metrics/instruments.ts';
import { SnapshotObserver } from '../../instrumentations/gpu/src/metrics/observe-snapshot.ts';
import type { Koffi } from '../../instrumentations/gpu/src/nvml/foreign-functions.ts';
import { NvmlLibrary } from '../../instrumentations/gpu/src/nvml/library.ts';
import { NvmlReader } from '../../instrumentations/gpu/src/nvml/reader.ts';
import type { Snapshot } from '../../instrumentations/gpu/src/snapshot/reading.ts';
import { CallFlag } from '../../instrumentations/gpu/src/worker/call-flag.ts';

const CYCLES = 2_000;
const BATCHES = 25;
const COLLECTIONS = 300;
const SECOND = 1e6;

function openReader(library: string): NvmlReader {
  const load = createRequire(new URL('../../instrumentations/gpu/package.json', import.meta.url));
  const nvml = new NvmlLibrary(load('koffi') as Koffi, [library], new CallFlag());
  return new NvmlReader(nvml, { processes: 'self', pid: process.pid, wantsGpm: true });
}

/** Microseconds of one reading, median over batches. */
export function measureCycle(library: string): number {
  const reader = openReader(library);
  let nowUs = SECOND;
  const times = Array.from({ length: BATCHES }, () => {
    const start = performance.now();
    for (let cycle = 0; cycle < CYCLES; cycle += 1) reader.read((nowUs += SECOND));
    return ((performance.now() - start) * 1e3) / CYCLES;
  });
  reader.close();
  return times.toSorted((a, b) => a - b)[Math.floor(BATCHES / 2)] ?? Number.NaN;
}

class PullReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

/** Microseconds of the callback that reports eight devices into the SDK, median over collections. */
export async function measureObservation(): Promise<number> {
  const devices = Array.from({ length: 8 }, (_, index) => deviceLines(index)).flat();
  const stub = createStub([...DRIVER_LINES, 'static', ...devices]);
  const reader = openReader(stub.library);
  reader.read(SECOND);
  const { gpus } = reader.read(3 * SECOND);
  reader.close();
  stub.remove();
  const snapshot: Snapshot = {
    takenAtUs: 0,
    cycles: [{ reader: 'nvml', seconds: 0 }],
    gpus,
    events: [],
    notes: [],
    implausible: 0,
  };
  const pull = new PullReader();
  const instruments = new GpuInstruments(new MeterProvider({ readers: [pull] }).getMeter('bench'));
  const observer = new SnapshotObserver();
  const times: number[] = [];
  instruments.observe((report) => {
    const start = performance.now();
    observer.observe(snapshot, report, { nowUs: 0, intervalMs: 1_000, hasPids: false });
    times.push((performance.now() - start) * 1e3);
  });
  for (let index = 0; index < COLLECTIONS; index += 1) await pull.collect();
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
}
