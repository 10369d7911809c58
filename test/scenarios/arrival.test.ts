import { afterEach, describe, expect, test } from 'vitest';

import { SeededRandom } from '@telltale/statistics';

import { episodesOf, episodesWithout } from '../support/collector/alert-episodes.ts';
import { AlertServiceFixture, type GaugePoint } from '../support/collector/alert-service.ts';

/** When in its second each exporter sends. */
const OFFSETS_MS = [0, 300, 450, 900];

/** Rules that an evaluation between two exports gets wrong, and sixty others. */
const MIXING = [
  'load{instance="i0"} - on () load{instance="i1"} > 5',
  'load{instance="i1"} - on () load{instance="i0"} > 5',
  'load{instance="i0"} / on () load{instance="i3"} > 1.3',
  'load{instance="i3"} / on () load{instance="i0"} > 1.3',
  'load - load_recorded > 0.5',
  'load_recorded - load > 0.5',
  'count(ALERTS{alertname!~"Count.*"}) > 6',
  'count(load > 12) > 2',
  'absent(load{instance="i3"})',
  'load unless on () load{instance="i1"} > 5',
  'sum(load) > 60',
  'stddev(load) > 4',
  'load > on () group_left () (avg(load) + 4)',
  'max(load) - min(load) > 9',
  'load offset 2s > 16',
];
const OTHERS = Array.from({ length: 60 }, (_, index) => {
  const threshold = 4 + (index % 14);
  return [
    `load > ${threshold}`,
    `max_over_time(load[3s]) > ${threshold}`,
    `avg by (instance) (load) > ${threshold}`,
    `rate(done_total[4s]) < ${threshold / 4}`,
    `abs(load - 8) > ${threshold / 2}`,
    `increase(done_total[5s]) > ${threshold}`,
  ][index % 6];
});

const RULES = `groups:
- name: recordings
  interval: 1s
  rules: [{record: load_recorded, expr: load}]
- name: mixing
  interval: 1s
  rules:
${MIXING.map((expr, index) => `  - {alert: Mixing${index}, expr: '${expr}'}`).join('\n')}
- name: others
  interval: 1s
  rules:
${OTHERS.map((expr, index) => `  - {alert: Other${index}, expr: '${expr}'}`).join('\n')}
`;

const services: AlertServiceFixture[] = [];

afterEach(async () => {
  for (const service of services.splice(0)) {
    await service.stop();
    service.remove();
  }
});

async function startService(onArrival: boolean): Promise<AlertServiceFixture> {
  const service = new AlertServiceFixture();
  services.push(service);
  service.writeRules(RULES);
  service.configure(
    onArrival
      ? '  evaluation: {on_arrival: {min_gap: 10ms}}\n'
      : '  evaluation: {on_arrival: {groups: []}}\n',
  );
  await service.start();
  return service;
}

/** What every exporter reads at the same time; it jumps now and then, for all of them at once. */
function signal(seconds: number, seed: number): readonly number[] {
  const random = new SeededRandom(seed);
  let level = 8;
  return Array.from({ length: seconds }, () => {
    if (random.next() < 0.5) level = 2 + Math.floor(random.next() * 18);
    return level;
  });
}

interface Reading {
  readonly exporter: number;
  readonly level: number;
  readonly total: number;
  readonly atMs: number;
}

function pointsOf({ exporter, level, total, atMs }: Reading): GaugePoint[] {
  const instance = `i${exporter}`;
  return [
    { name: 'load', value: level + exporter / 10, timeMs: atMs, instance },
    { name: 'done_total', value: total, timeMs: atMs, instance },
  ];
}

test('evaluation on arrival fires nothing that slots would not', { timeout: 120_000 }, async () => {
  const levels = signal(40, 2);
  const [arrival, slots] = [await startService(true), await startService(false)];
  const totals = OFFSETS_MS.map(() => 0);
  let nowMs = 0;
  for (const [second, level] of levels.entries()) {
    for (const [exporter, offsetMs] of OFFSETS_MS.entries()) {
      const atMs = second * 1000 + offsetMs;
      totals[exporter] = (totals[exporter] ?? 0) + level / 3;
      for (const service of [arrival, slots]) {
        await service.clock.advance(atMs - nowMs);
        const reading = { exporter, level, total: totals[exporter] ?? 0 };
        const { status } = await service.post(
          pointsOf({ ...reading, atMs: service.clock.nowMs() }),
        );
        if (status !== 200) throw new Error(`Not accepted: ${status}`);
      }
      nowMs = atMs;
    }
  }
  for (const service of [arrival, slots]) await service.clock.advance(1000);
  const [onArrival, atSlots] = [episodesOf(arrival.app), episodesOf(slots.app)];
  expect(episodesWithout(onArrival, atSlots)).toEqual([]);
  expect(episodesWithout(atSlots, onArrival)).toEqual([]);
  expect(atSlots.length).toBeGreaterThan(100);
  // The point of it all: what one series decides is told earlier.
  const earlier = onArrival.filter(({ alert, fromMs }) =>
    atSlots.some((other) => other.alert === alert && other.fromMs > fromMs),
  );
  expect(earlier.length).toBeGreaterThan(atSlots.length / 4);
});

describe('a rule over several exporters', () => {
  test('is evaluated when the last of them has sent, not before', async () => {
    const service = new AlertServiceFixture();
    services.push(service);
    service.writeRules(`groups:
- name: g
  interval: 10s
  rules: [{alert: Differs, expr: 'load{instance="i0"} - on () load{instance="i1"} > 5'}]
`);
    service.configure();
    await service.start();
    const send = (instance: string, value: number): Promise<Response> =>
      service.post([{ name: 'load', value, timeMs: service.clock.nowMs(), instance }]);
    await send('i0', 1);
    await send('i1', 1);
    await service.clock.advance(10_000);
    await send('i0', 9);
    await service.clock.advance(300);
    expect(await service.alerts()).toEqual([]);
    await send('i1', 9);
    expect(await service.alerts()).toEqual([]);
    await service.clock.advance(1000);
    await send('i0', 20);
    await service.clock.advance(300);
    await send('i1', 9);
    expect(await service.alerts()).toEqual(['Differs firing']);
  });
});
