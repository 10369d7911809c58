import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';

import { AskedSource } from './asked-source.ts';
import type { WorkerReport, WorkerStart, WorkerTask } from './protocol.ts';
import { runJob } from './run-job.ts';

/** Ingest and rules have the processor first. */
const NICENESS = 10;

/** On Linux this is the priority of a thread, elsewhere that of the whole process. */
function giveWay(): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(NICENESS);
  } catch {
    // A sandbox that forbids it costs fairness, no answer.
  }
}

function serve({ port, signal }: WorkerStart): void {
  const source = new AskedSource({ port, signal });
  const report = (message: WorkerReport, transfer: readonly ArrayBuffer[] = []): void =>
    parentPort?.postMessage(message, transfer);
  parentPort?.on('message', ({ job, settings, timeoutMs }: WorkerTask) => {
    const deadlineMs = performance.now() + timeoutMs;
    const isCancelled = (): boolean => performance.now() > deadlineMs;
    const end = runJob(job, { source, settings, isCancelled }, (bytes) => {
      report({ kind: 'piece', bytes }, [bytes.buffer]);
    });
    report(end);
  });
}

giveWay();
serve(workerData as WorkerStart);
