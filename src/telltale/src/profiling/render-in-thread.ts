import { once } from 'node:events';
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';

import type { Profile, ProfileFormat } from '@telltale/instrumentation-profiler';

/** Which conditions resolve our own packages, where the sources run. */
const CONDITIONS = /^(?:--conditions=|-C)/u;

/**
 * Draws a profile in a thread of its own: a large one takes a fifth of a second, which a service
 * has better things to do with.
 *
 * @throws {Error} when the thread fails
 */
export async function renderInThread(
  profile: Profile,
  format: ProfileFormat,
): Promise<string | Uint8Array> {
  const file = createRequire(import.meta.url).resolve('#profile-renderer');
  const worker = new Worker(file, {
    name: 'telltale profile renderer',
    execArgv: process.execArgv.filter((flag) => CONDITIONS.test(flag)),
    env: {},
    workerData: { threads: profile.threads, details: profile.details, format },
  });
  worker.unref();
  const [rendered] = (await once(worker, 'message')) as [string | Uint8Array];
  return rendered;
}
