import { parentPort } from 'node:worker_threads';

import { SECTIONS } from './jobs.ts';

/** What to measure: a section's job. */
export interface JobRequest {
  readonly section: string;
  readonly job: number;
  readonly seed: number;
}

parentPort?.on('message', ({ section, job, seed }: JobRequest) => {
  const found = SECTIONS.find(({ name }) => name === section);
  parentPort?.postMessage(found?.jobs[job]?.(seed));
});
