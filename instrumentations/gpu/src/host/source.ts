import { CallFlag } from '../worker/call-flag.ts';
import type { SamplerOptions } from '../worker/options.ts';
import { Sampler, sharedClockUs } from '../worker/sampler.ts';
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

/** The calling thread reads, at each look. It blocks: for tests and for tools of their own. */
export function createInlineSource(
  options: SamplerOptions,
  listener: Pick<GpuWorkerListener, 'onSnapshot'>,
): SnapshotSource {
  const sampler = new Sampler(options, new CallFlag());
  return {
    drain: () => listener.onSnapshot(sampler.sample(sharedClockUs)),
    currentCall: () => undefined,
    stop: () => sampler.close(),
  };
}
