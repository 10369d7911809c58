import { sharedState } from '@telltale/core';

import type { PostRequest } from './last-send.ts';

/** Makes requests of what one exporter still has to send. Must not wait for anything. */
export type LastSource = () => readonly PostRequest[];

/** Process-wide: the end of the process may be seen by another copy of this package. */
const sources = (): Set<LastSource> => sharedState('telltale.last-sources', () => new Set());

export function addLastSource(source: LastSource): void {
  sources().add(source);
}

/** Everything that is still held, as requests. A source that fails is left out. */
export function lastRequests(): readonly PostRequest[] {
  return [...sources()].flatMap((source) => {
    try {
      return source();
    } catch {
      // It is too late to report this, and the others may still arrive.
      return [];
    }
  });
}

/**
 * Takes what a batch processor of the SDK has not handed to its exporter. It has no way to ask, so
 * this reads the field of the version that is bundled.
 */
export function takeQueued<T>(processor: object): T[] {
  for (const name of ['_finishedSpans', '_finishedLogRecords']) {
    const queue: unknown = Reflect.get(processor, name);
    if (Array.isArray(queue)) return queue.splice(0) as T[];
  }
  return [];
}

export const nonEmpty = <T>(items: T[]): T[] | undefined =>
  items.length === 0 ? undefined : items;
