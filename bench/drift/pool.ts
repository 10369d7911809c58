import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

import type { JobRequest } from './job-worker.ts';

/**
 * Runs jobs on threads, each the next that waits, and gives the results in the order of the jobs.
 * They do not depend on which thread ran what.
 */
export async function runJobs(
  requests: readonly JobRequest[],
  options: {
    readonly threads: number;
    readonly onDone: (request: JobRequest, ms: number) => void;
  },
): Promise<readonly unknown[]> {
  const results: unknown[] = [];
  const waiting = [...requests.entries()];
  const work = async (): Promise<void> => {
    const worker = new Worker(new URL('./job-worker.ts', import.meta.url));
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, request] = next;
      const start = performance.now();
      worker.postMessage(request);
      const [result] = (await once(worker, 'message')) as readonly unknown[];
      results[index] = result;
      options.onDone(request, performance.now() - start);
    }
    await worker.terminate();
  };
  await Promise.all(Array.from({ length: options.threads }, work));
  return results;
}
