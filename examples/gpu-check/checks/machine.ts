import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';

import { FIELDS } from '../../../instrumentations/gpu/src/nvidia-smi/fields.ts';
import { parseRow } from '../../../instrumentations/gpu/src/nvidia-smi/parse-row.ts';
import { type Koffi, loadKoffi } from '../../../instrumentations/gpu/src/nvml/foreign-functions.ts';
import { libraryPaths, NvmlLibrary } from '../../../instrumentations/gpu/src/nvml/library.ts';
import { NvmlReader } from '../../../instrumentations/gpu/src/nvml/reader.ts';
import type { GpuReading } from '../../../instrumentations/gpu/src/snapshot/reading.ts';
import { sharedClockUs } from '../../../instrumentations/gpu/src/worker/shared-clock.ts';

/** What is checked: the driver's library, and the command beside it. */
export interface Machine {
  readonly library: NvmlLibrary;
  readonly reader: NvmlReader;
  readonly first: GpuReading;
  /** One reading of all devices over NVML. */
  readNvml(): readonly GpuReading[];
  /** One reading of all devices by `nvidia-smi`. */
  readNvidiaSmi(): readonly GpuReading[];
}

const COMMAND = 'nvidia-smi';

/** @throws with the reason why there is nothing to check */
export function openMachine(nvmlLibrary: string | undefined): Machine {
  const koffi: Koffi = loadKoffi([createRequire(import.meta.url).resolve('koffi')]);
  const watch = { enter: () => {}, leave: () => {} };
  const paths = libraryPaths(nvmlLibrary, process.platform);
  const library = new NvmlLibrary(koffi, paths, watch);
  const reader = new NvmlReader(library, { processes: 'all', pid: process.pid, wantsGpm: true });
  const readNvml = (): readonly GpuReading[] => reader.read(sharedClockUs()).gpus;
  const first = reader.read(sharedClockUs());
  const [gpu] = first.gpus;
  if (gpu === undefined) throw new Error(`NVML lists no GPU: ${first.errorType ?? ''}`);
  const machine = { library, reader, first: gpu, readNvml, readNvidiaSmi };
  machine.readNvidiaSmi();
  return machine;
}

function readNvidiaSmi(): readonly GpuReading[] {
  const args = [`--query-gpu=${FIELDS.join(',')}`, '--format=csv,noheader,nounits'];
  const output = execFileSync(COMMAND, args, { encoding: 'utf8' });
  return output.split('\n').flatMap((line) => parseRow(line, FIELDS) ?? []);
}
