import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

import type { ModelSource } from '../model-file/identity.ts';
import { countNodes } from '../model-file/node-count.ts';
import { groupByRun, type ProfiledRun, parseProfileLine } from './profile-events.ts';

/** About 2.4 MB of profile: ending it blocks the process for some 10 ms, not for seconds. */
const EVENTS_MAX = 5_000;
/** Events a run has besides its nodes. */
const EVENTS_BESIDE_NODES = 2;

/** How many runs of a model may be profiled: at least one, and at most about 5000 events. */
export function affordableRuns(source: ModelSource, runsMax: number): number {
  const eventsOfRun = countNodes(source) + EVENTS_BESIDE_NODES;
  return Math.max(1, Math.min(runsMax, Math.floor(EVENTS_MAX / eventsOfRun)));
}

/** Reads line by line in small pieces, so that the event loop is never held by a large profile. */
export async function readProfile(file: string): Promise<readonly ProfiledRun[]> {
  const events: NonNullable<ReturnType<typeof parseProfileLine>>[] = [];
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Infinity });
  for await (const line of lines) {
    const event = parseProfileLine(line);
    if (event !== undefined) events.push(event);
    if (events.length >= 4 * EVENTS_MAX) break;
  }
  return groupByRun(events);
}
