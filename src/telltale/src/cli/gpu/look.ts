import { type Snapshot, watchGpus } from '@telltale/instrumentation-gpu';

import type { Config } from '../../config.ts';
import { gpuConfig } from '../../gpu/gpu-instrumentation.ts';

/** A driver that is not kept loaded takes this long to answer the first time. */
const PATIENCE_MS = 30_000;

/** A reader that waits for its first line has not answered yet. */
const WAITING = 'no_line';
/** A driver that was not initialised is asked once more. */
const REFUSALS_MAX = 2;

/** What a look found. */
export interface Look {
  readonly snapshot: Snapshot | undefined;
  /** Why there is nothing, or what is missing. */
  readonly notes: readonly string[];
}

/** Waits for the first snapshot that has a device, or for the news that there is none. */
export function lookOnce(config: Config, patienceMs: number = PATIENCE_MS): Promise<Look> {
  return new Promise((resolve) => {
    const notes: string[] = [];
    let last: Snapshot | undefined;
    let refusals = 0;
    const end = (): void => {
      clearTimeout(timer);
      watched.stop();
      resolve({ snapshot: last, notes });
    };
    const timer = setTimeout(() => {
      notes.push(`The GPU driver did not answer within ${patienceMs / 1_000} s`);
      end();
    }, patienceMs);
    const watched = watchGpus(gpuConfig(config), {
      onSnapshot: (snapshot) => {
        last = snapshot;
        const hasGpu = snapshot.gpus.length > 0;
        // What is tried in vain explains why there is none, and says nothing where there is one.
        const told = snapshot.notes.filter(({ level }) => !hasGpu || level !== 'debug');
        notes.push(...told.map(({ text }) => text));
        if (isRefused(snapshot)) refusals += 1;
        // One reader may need a moment; where there is none, or each has said no, nothing will come.
        if (hasGpu || snapshot.cycles.length === 0 || refusals === REFUSALS_MAX) end();
      },
      onFailure: (reason) => {
        notes.push(`Cannot read GPUs: ${reason}`);
        end();
      },
    });
  });
}

/** Whether every reader has answered that it has nothing. */
const isRefused = ({ cycles }: Snapshot): boolean =>
  cycles.every(({ errorType }) => errorType !== undefined && errorType !== WAITING);
