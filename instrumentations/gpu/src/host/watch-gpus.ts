import type { GpuInstrumentationConfig } from '../types.ts';
import type { GpuWorkerListener } from './gpu-worker.ts';
import { searchPlaces, workerFile } from './own-file.ts';
import { samplerOptions } from './settings.ts';
import { startWorkerSource } from './source.ts';

/** Readings without OpenTelemetry, for a tool. */
export interface WatchedGpus {
  stop(): void;
}

/**
 * Hands over every snapshot, from a thread of its own, until it is stopped. It does not keep the
 * process alive. Never throws: `onFailure` gets what fails.
 */
export function watchGpus(
  config: GpuInstrumentationConfig,
  listener: GpuWorkerListener,
): WatchedGpus {
  const file = workerFile();
  if (file === undefined) {
    listener.onFailure('the file of the worker is missing');
    return { stop: () => {} };
  }
  const source = startWorkerSource(file, samplerOptions(config, searchPlaces()), listener);
  return { stop: () => source.stop() };
}
