import { SeededRandom } from '@telltale/statistics';

import { type GaugePoint, metricsBody } from '../support/collector/alert-service.ts';
import { delay } from '../support/collector/service-process.ts';

/** When in its second each exporter samples. */
const OFFSETS_MS = [0, 300, 500, 900];

/** A receiver of the stream. */
export interface StreamTarget {
  readonly url: string;
  /** How long before their time samples are sent: no evaluation races with what it needs. */
  readonly aheadMs: number;
}

/** When a sample was due, was first sent, and was taken, milliseconds since the epoch. */
export interface Passage {
  readonly timeMs: number;
  readonly sentMs: number;
  readonly takenMs: number;
}

interface Shot {
  readonly exporter: number;
  readonly dueMs: number;
  readonly body: Uint8Array;
}

/**
 * Sends the same samples, with the same timestamps, to every target. A target that does not answer
 * gets them later, in order. @returns what became of each sample, for each target in order
 */
export async function sendStream(
  targets: readonly StreamTarget[],
  options: { readonly startMs: number; readonly seconds: number; readonly seed: number },
): Promise<readonly (readonly Passage[])[]> {
  const shots = shotsOf(options);
  // Each exporter waits for its own answers only.
  return Promise.all(
    targets.map(async (target) => {
      const streams = OFFSETS_MS.map((_, exporter) =>
        sendAll(
          target,
          shots.filter((shot) => shot.exporter === exporter),
        ),
      );
      return (await Promise.all(streams)).flat();
    }),
  );
}

async function sendAll(
  { url, aheadMs }: StreamTarget,
  shots: readonly Shot[],
): Promise<readonly Passage[]> {
  const passages: Passage[] = [];
  for (const { dueMs, body } of shots) {
    const waitMs = dueMs - aheadMs - Date.now();
    if (waitMs > 0) await delay(waitMs);
    const sentMs = Date.now();
    while (!(await post(url, body))) await delay(50);
    passages.push({ timeMs: dueMs, sentMs, takenMs: Date.now() });
  }
  return passages;
}

async function post(url: string, body: Uint8Array): Promise<boolean> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      body: body as Uint8Array<ArrayBuffer>,
      headers: { 'content-type': 'application/x-protobuf' },
    });
    await response.arrayBuffer();
    // What is refused for good would be refused again.
    return response.status < 500 && response.status !== 429;
  } catch {
    return false;
  }
}

function shotsOf(options: {
  readonly startMs: number;
  readonly seconds: number;
  readonly seed: number;
}): readonly Shot[] {
  const random = new SeededRandom(options.seed);
  const totals = OFFSETS_MS.map(() => 0);
  const temps = OFFSETS_MS.map(() => 10);
  let level = 8;
  const shots: Shot[] = [];
  for (let second = 0; second < options.seconds; second += 1) {
    if (random.next() < 0.3) level = 2 + Math.floor(random.next() * 16);
    for (const [exporter, offsetMs] of OFFSETS_MS.entries()) {
      const timeMs = options.startMs + second * 1000 + offsetMs;
      totals[exporter] = (totals[exporter] ?? 0) + level;
      if (random.next() < 0.2) temps[exporter] = 2 + Math.floor(random.next() * 16);
      const extra = {
        timeMs,
        instance: `i${exporter}`,
        attributes: { zone: exporter < 2 ? 'a' : 'b' },
      };
      const points: GaugePoint[] = [
        { name: 'load', value: level, ...extra },
        { name: 'temp', value: temps[exporter] ?? 0, ...extra },
        { name: 'done', value: totals[exporter] ?? 0, ...extra },
      ];
      shots.push({ exporter, dueMs: timeMs, body: metricsBody(points) });
    }
  }
  return shots;
}
