import type { SamplerOptions } from '../worker/options.ts';
import { GpuWorker, type GpuWorkerListener } from './gpu-worker.ts';

/** Where snapshots come from. */
export interface SnapshotSource {
  /** Hands over what has arrived since. */
  drain(): void;
  /** The driver's function that does not return, if there is one. */
  currentCall(): string | undefined;
  stop(): void;
}

/** A thread reads. */
export function startWorkerSource(
  file: string,
  options: SamplerOptions,
  listener: GpuWorkerListener,
): SnapshotSource {
  const worker = new GpuWorker(file, options, listener);
  worker.start();
  return worker;
}
