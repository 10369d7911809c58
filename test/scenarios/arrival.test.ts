import { afterEach, describe, expect, test } from 'vitest';

import { SeededRandom } from '@telltale/statistics';

import { type Episode, episodesOf, episodesWithout } from '../support/collector/alert-episodes.ts';
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

type Reading = Pick<Shot, 'exporter' | 'level' | 'total' | 'atMs'>;

function pointsOf({ exporter, level, total, atMs }: Reading): GaugePoint[] {
  const instance = `i${exporter}`;
  return [
    { name: 'load', value: level + exporter / 10, timeMs: atMs, instance },
    { name: 'done_total', value: total, timeMs: atMs, instance },
  ];
}

interface Shot {
  readonly atMs: number;
  /** When the service gets it. */
  readonly arrivesMs: number;
  readonly exporter: number;
  readonly level: number;
  readonly total: number;
}

/** What every exporter sends, in order of arrival. */
function shotsOf(
  levels: readonly number[],
  delayMs: (exporter: number) => number,
): readonly Shot[] {
  const totals = OFFSETS_MS.map(() => 0);
  const lastMs = OFFSETS_MS.map(() => 0);
  const shots = levels.flatMap((level, second) =>
    OFFSETS_MS.map((offsetMs, exporter) => {
      totals[exporter] = (totals[exporter] ?? 0) + level / 3;
      const atMs = second * 1000 + offsetMs;
      // An exporter sends its samples one after the other.
      const arrivesMs = Math.max(atMs + delayMs(exporter), lastMs[exporter] ?? 0);
      lastMs[exporter] = arrivesMs;
      return { atMs, arrivesMs, exporter, level, total: totals[exporter] ?? 0 };
    }),
  );
  return shots.toSorted((a, b) => a.arrivesMs - b.arrivesMs || a.atMs - b.atMs);
}

/** Sends all of it to a service. @returns the episodes of its alerts */
async function replay(
  service: AlertServiceFixture,
  shots: readonly Shot[],
): Promise<readonly Episode[]> {
  const startMs = service.clock.nowMs();
  for (const shot of shots) {
    await service.clock.advance(startMs + shot.arrivesMs - service.clock.nowMs());
    const { status } = await service.post(pointsOf({ ...shot, atMs: startMs + shot.atMs }));
    if (status !== 200) throw new Error(`Not accepted: ${status}`);
  }
  await service.clock.advance(1000);
  return episodesOf(service.app);
}

test('evaluation on arrival fires nothing that slots would not', { timeout: 120_000 }, async () => {
  const shots = shotsOf(signal(40, 2), () => 0);
  const onArrival = await replay(await startService(true), shots);
  const atSlots = await replay(await startService(false), shots);
  expect(episodesWithout(onArrival, atSlots)).toEqual([]);
  expect(episodesWithout(atSlots, onArrival)).toEqual([]);
  expect(atSlots.length).toBeGreaterThan(100);
  // The point of it all: what one series decides is told earlier.
  const earlier = onArrival.filter(({ alert, fromMs }) =>
    atSlots.some((other) => other.alert === alert && other.fromMs > fromMs),
  );
  expect(earlier.length).toBeGreaterThan(atSlots.length / 4);
});

test('samples that come late mix nothing either', { timeout: 120_000 }, async () => {
  const random = new SeededRandom(5);
  const levels = signal(20, 3);
  // Most come at once; now and then one, and those behind it, wait for the network.
  const late = shotsOf(levels, () =>
    random.next() < 0.15 ? 300 + Math.floor(random.next() * 1200) : 5,
  );
  const inTime = shotsOf(levels, () => 0);
  const onArrival = await replay(await startService(true), late);
  // What slots make of the same late samples, and of the same ones in time.
  const atSlots = await replay(await startService(false), late);
  const atTheirTime = await replay(await startService(false), inTime);
  expect(episodesWithout(onArrival, [...atSlots, ...atTheirTime])).toEqual([]);
  expect(onArrival.length).toBeGreaterThan(60);
});

test('exporters whose samples always take a while are evaluated on arrival too', async () => {
  const levels = signal(30, 4);
  const shots = shotsOf(levels, (exporter) => 100 + exporter * 250);
  const onArrival = await replay(await startService(true), shots);
  const atSlots = await replay(await startService(false), shots);
  const inTime = shotsOf(levels, () => 0);
  // Slots that run before the samples of their time see ranges with a hole at the end.
  const atTheirTime = await replay(await startService(false), inTime);
  expect(episodesWithout(onArrival, [...atSlots, ...atTheirTime])).toEqual([]);
  const mixing = onArrival.filter(({ alert, fromMs }) => {
    const slotted = atSlots.find((other) => other.alert === alert && other.fromMs >= fromMs);
    return alert.includes('Mixing') && slotted !== undefined && slotted.fromMs > fromMs;
  });
  expect(mixing.length).toBeGreaterThan(20);
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
