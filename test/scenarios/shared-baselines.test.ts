import { afterEach, beforeEach, expect, test } from 'vitest';

import {
  type BaselineSources,
  DriftMonitor,
  useBaselineSources,
} from '@telltale/instrumentation-drift';

import { AlertServiceFixture } from '../support/collector/alert-service.ts';
import { SCORE, uniform } from '../support/collector/baseline-files.ts';

let service: AlertServiceFixture;
const open: BaselineSources[] = [];

beforeEach(async () => {
  service = new AlertServiceFixture();
  service.writeRules('groups: []\n');
  service.configure();
  await service.start();
});
afterEach(async () => {
  for (const sources of open.splice(0)) sources.stop();
  await service.stop();
  service.remove();
});

/** An instance that shares baselines over the address that it exports to. */
function instance(name: string) {
  const monitor = new DriftMonitor({ now: () => service.clock.nowMs() });
  const lines: string[] = [];
  const sources = useBaselineSources(monitor, {
    source: 'fleet',
    publish: true,
    instance: name,
    report: (_, message) => lines.push(message),
    fleet: { url: `http://127.0.0.1:${service.app.ports.otlp}`, timeoutMs: 5000 },
  });
  open.push(sources);
  const stream = monitor.stream(SCORE, 'score');
  const watched = () => [...monitor.streams()][0]?.comparison;
  return { sources, stream, lines, watched };
}

test('instances learn, give what they learned to the fleet, and take its baseline', async () => {
  const instances = ['a', 'b', 'c'].map(instance);
  for (const { sources } of instances) await sources.reload();
  for (const [seed, { stream, watched }] of instances.entries()) {
    for (const value of uniform(1200, seed + 1)) stream.observe(value);
    // A baseline is learned in steps between other things.
    while (watched() === undefined) await new Promise(setImmediate);
  }
  expect(new Set(instances.map(({ watched }) => watched()?.baselineId)).size).toBe(3);
  await Promise.all(instances.map(({ sources }) => sources.reload()));
  const newcomer = instance('d');
  await newcomer.sources.reload();
  const baseline = newcomer.watched()?.baseline;
  expect([baseline?.source, baseline?.size]).toEqual(['fleet', 3000]);
  expect(newcomer.lines).toEqual([]);
  const listed = (await (await service.get('/monitoring/drift/baselines')).json()) as {
    baselines: readonly { readonly id: string; readonly isCurrent: boolean }[];
  };
  expect(listed.baselines).toMatchObject([
    { id: newcomer.watched()?.baselineId, source: 'fleet', isCurrent: true },
  ]);
});
