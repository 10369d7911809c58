import type { Snapshot } from '@telltale/instrumentation-gpu';

import { failure, json } from '../message.ts';
import type { Route } from '../router.ts';

/** The readings of GPUs, where they are watched. */
export interface GpuStatus {
  /** `undefined` before the first reading, and on a machine without a GPU. */
  readonly snapshot: Snapshot | undefined;
  /** Microseconds of `process.hrtime`. */
  readonly nowUs: number;
}

const MICROSECONDS = 1e6;

/** `GET /monitoring/gpu`: the newest snapshot. */
export function gpuRoute(status: () => GpuStatus | undefined): Route {
  return {
    method: 'GET',
    path: '/monitoring/gpu',
    access: 'key',
    handle: () => {
      const current = status();
      if (current === undefined) {
        return failure(404, 'not_installed', 'Cannot tell about GPUs: none are watched here');
      }
      return json(200, gpuStatus(current));
    },
  };
}

function gpuStatus({ snapshot, nowUs }: GpuStatus): object {
  if (snapshot === undefined) return { age_seconds: null, readers: [], gpus: [] };
  return {
    age_seconds: Math.max(0, nowUs - snapshot.takenAtUs) / MICROSECONDS,
    readers: snapshot.cycles.map(snakeKeys),
    gpus: snapshot.gpus.map(snakeKeys),
  };
}

/** The same value with the keys that this interface has everywhere: `usedBytes` is `used_bytes`. */
function snakeKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snakeKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key.replaceAll(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`),
      snakeKeys(inner),
    ]),
  );
}
