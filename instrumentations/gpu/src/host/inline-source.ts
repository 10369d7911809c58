import { CallFlag } from '../worker/call-flag.ts';
import type { SamplerOptions } from '../worker/options.ts';
import { Sampler } from '../worker/sampler.ts';
import { sharedClockUs } from '../worker/shared-clock.ts';
import type { GpuWorkerListener } from './gpu-worker.ts';
import type { SnapshotSource } from './source.ts';

/**
 * The calling thread reads, at each look. It blocks: for tests and for tools of their own. A module
 * of its own, because it holds every reader, which a process with a worker never needs.
 */
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
