import { createRequire } from 'node:module';

import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';

import { createStub } from '../../examples/gpu-check/stub/compile.ts';
import { DRIVER_LINES, deviceLines } from '../../examples/gpu-check/stub/devices.ts';
import { GpuInstruments } from '../../instrumentations/gpu/src/metrics/instruments.ts';
import { SnapshotObserver } from '../../instrumentations/gpu/src/metrics/observe-snapshot.ts';
import type { Koffi } from '../../instrumentations/gpu/src/nvml/foreign-functions.ts';
import { NvmlLibrary } from '../../instrumentations/gpu/src/nvml/library.ts';
import { NvmlReader } from '../../instrumentations/gpu/src/nvml/reader.ts';
import type { SymbolName } from '../../instrumentations/gpu/src/nvml/symbols.ts';
import type { Snapshot } from '../../instrumentations/gpu/src/snapshot/reading.ts';
import { CallFlag } from '../../instrumentations/gpu/src/worker/call-flag.ts';

const CYCLES = 2_000;
const BATCHES = 25;
const COLLECTIONS = 300;
const CALLS = 20_000;
const SECOND = 1e6;

const load = createRequire(new URL('../../instrumentations/gpu/package.json', import.meta.url));

/** Also counts the calls. */
class CountingFlag extends CallFlag {
  calls = 0;

  override enter(name: SymbolName): void {
    this.calls += 1;
    super.enter(name);
  }
}

function openReader(library: string, watch: CallFlag = new CallFlag()): NvmlReader {
  const nvml = new NvmlLibrary(load('koffi') as Koffi, [library], watch);
  return new NvmlReader(nvml, { processes: 'self', pid: process.pid, wantsGpm: true });
}

/** Microseconds of one reading, its calls, and what these cost alone; medians over batches. */
export function measureCycle(library: string): {
  readonly us: number;
  readonly calls: number;
  readonly driverUs: number;
} {
  const reader = openReader(library);
  let nowUs = SECOND;
  const times = Array.from({ length: BATCHES }, () => {
    const start = performance.now();
    for (let cycle = 0; cycle < CYCLES; cycle += 1) reader.read((nowUs += SECOND));
    return ((performance.now() - start) * 1e3) / CYCLES;
  });
  reader.close();
  const calls = callsOfCycle(library);
  return { us: middle(times), calls, driverUs: calls * callUs(library) };
}

function callsOfCycle(library: string): number {
  const watch = new CountingFlag();
  const reader = openReader(library, watch);
  // The first opens the driver and reads what is read once a minute.
  reader.read(SECOND);
  reader.read(2 * SECOND);
  watch.calls = 0;
  reader.read(3 * SECOND);
  const { calls } = watch;
  reader.close();
  return calls;
}

/** Microseconds of one call of a function of a device, through koffi alone. */
function callUs(library: string): number {
  const nvml = (load('koffi') as Koffi).load(library);
  const initialize = nvml.func('nvmlInit_v2', 'int', []);
  const handleOf = nvml.func('nvmlDeviceGetHandleByIndex_v2', 'int', ['uint32_t', 'void *']);
  const power = nvml.func('nvmlDeviceGetPowerUsage', 'int', ['uintptr_t', 'void *']);
  const answer = Buffer.alloc(8);
  if (initialize() !== 0 || handleOf(0, answer) !== 0) return Number.NaN;
  const handle = answer.readBigUInt64LE(0);
  const times = Array.from({ length: BATCHES }, () => {
    const start = performance.now();
    for (let call = 0; call < CALLS; call += 1) power(handle, answer);
    return ((performance.now() - start) * 1e3) / CALLS;
  });
  return middle(times);
}

const middle = (times: readonly number[]): number =>
  times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;

class PullReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

/**
 * Microseconds of the callback that reports eight devices into the SDK, and of the same without an
 * SDK behind it; medians over collections.
 */
export async function measureObservation(): Promise<{
  readonly us: number;
  readonly ownUs: number;
}> {
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
  const ownTimes = Array.from({ length: COLLECTIONS }, () => {
    const start = performance.now();
    observer.observe(snapshot, () => {}, { nowUs: 0, intervalMs: 1_000, hasPids: false });
    return (performance.now() - start) * 1e3;
  });
  return { us: middle(times), ownUs: middle(ownTimes) };
}
