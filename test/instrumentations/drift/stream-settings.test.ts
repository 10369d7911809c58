import { describe, expect, test } from 'vitest';

import { SeededRandom, standardNormal } from '@telltale/statistics';
import {
  DriftMonitor,
  type DriftOptions,
  type DriftTransition,
} from '@telltale/instrumentation-drift';

import { StreamOptionsTable } from '../../../instrumentations/drift/src/stream-settings.ts';
import { DRIFT_DEFAULTS } from '../../../instrumentations/drift/src/types.ts';

const key = (name: string) => ({ model: 'fraud', version: '7', name, direction: 'input' }) as const;

function watched(options: Partial<DriftOptions>, name: string, kind: 'numeric' | 'categorical') {
  const monitor = new DriftMonitor({ seed: 3, now: () => 1e12, ...options });
  const told: DriftTransition[] = [];
  monitor.onTransition((transition) => told.push(transition));
  const stream = monitor.stream(key(name), kind);
  const [found] = monitor.select({ name });
  if (found === undefined) throw new TypeError('Cannot find the stream');
  const feed = (records: number, draw: (record: number) => unknown): void => {
    for (let record = 0; record < records; record += 1) stream.observe(draw(record));
  };
  return { monitor, stream: found, told, feed };
}

describe('StreamOptionsTable', () => {
  const table = new StreamOptionsTable({
    ...DRIFT_DEFAULTS,
    driftThreshold: 0.04,
    streams: {
      '*': { window: 300 },
      'amount*': { window: 400 },
      amount: { driftThreshold: 0.3 },
      'fraud/score': { falseAlarmEvery: 5000 },
      'a.b': { window: 150 },
      short: { profile: 'short' },
      'short.wide': { profile: 'short', window: 60, baselineSize: 50 },
    },
  });

  test.each([
    ['an exact name goes before patterns', 'amount', { window: 1000, driftThreshold: 0.3 }],
    ['a threshold takes the other with it', 'amount', { alertThreshold: 0.3 }],
    ['a longer pattern before a shorter one', 'amount_eur', { window: 400, driftThreshold: 0.04 }],
    ['any other by the shortest', 'age', { window: 300 }],
    ['a name may bring its model', 'score', { window: 1000, falseAlarmEvery: 5000 }],
    ['a dot is a dot', 'axb', { window: 300 }],
    ['a dot is a dot', 'a.b', { window: 150 }],
    ['a profile brings all it means', 'short', { window: 20, thinning: 1, falseAlarmEvery: 300 }],
    ['and what is set beside it wins', 'short.wide', { window: 60, falseAlarmEvery: 300 }],
  ])('%s: %s', (_, name, expected) => {
    expect(table.of(key(name)).options).toMatchObject(expected);
  });

  test('a baseline that was asked for is not grown to a smaller one', () => {
    expect(table.of(key('short.wide')).options.baseline).toEqual({
      size: 50,
      warmup: 0,
      sizeMax: 50,
    });
  });

  test.each([
    ['amount', false],
    ['score', true],
    ['short', true],
  ])('%s has a promise of its own: %s', (name, expected) => {
    expect(table.of(key(name)).hasOwnPromise).toBe(expected);
  });

  test('names that look like patterns of another language do no harm', () => {
    const names = ['(', '[a', '\\', '+*?', 'a|b', '{1}', '', '-', '/'];
    const odd = new StreamOptionsTable({
      ...DRIFT_DEFAULTS,
      streams: Object.fromEntries(names.map((name) => [name, { window: 111 }])),
    });
    expect(names.map((name) => odd.of(key(name)).options.window)).toEqual(names.map(() => 111));
    expect(odd.of(key('a')).options.window).toBe(1000);
  });
});

describe('a stream with settings of its own', () => {
  test('has its own threshold of evidence, others share theirs', () => {
    const own = { streams: { own: { falseAlarmEvery: 20_000 } } };
    const { monitor, stream, feed } = watched(own, 'own', 'numeric');
    const random = new SeededRandom(4);
    const other = monitor.stream(key('other'), 'numeric');
    for (let record = 0; record < 1500; record += 1) other.observe(standardNormal(random));
    feed(1500, () => standardNormal(random));
    expect(stream.aspects().map(({ threshold }) => threshold)).toEqual([60_000, 60_000, 60_000]);
    const [shared] = monitor.select({ name: 'other' });
    expect(shared?.aspects()[0]?.threshold).toBe(6e6);
  });

  test('keeps its baseline over a restart with another window, and nothing else is lost', () => {
    const first = watched({ streams: { own: { window: 300 } } }, 'own', 'numeric');
    const random = new SeededRandom(5);
    first.feed(2000, () => standardNormal(random));
    const id = first.stream.comparison?.baselineId;
    const second = new DriftMonitor({ seed: 3, streams: { own: { window: 200 } } });
    expect(second.restore(JSON.parse(JSON.stringify(first.monitor.snapshot())))).toBe(true);
    const [stream] = second.streams();
    expect(stream?.comparison?.baselineId).toBe(id);
    expect(stream?.comparison?.value.window).toMatchObject({ length: 0, capacity: 200 });
  });
});

describe('profile: short', () => {
  const draw = (random: SeededRandom) => (): number => standardNormal(random);

  test('finds a step in a series of a hundred values, which the standard profile cannot', () => {
    const alerts = (['short', 'standard'] as const).map((profile) => {
      const { told, feed } = watched({ profile }, 'daily', 'numeric');
      const random = new SeededRandom(6);
      feed(60, draw(random));
      feed(40, () => 5 + standardNormal(random));
      return told.filter(({ to }) => to === 'alert').map(({ aspect }) => aspect);
    });
    expect(alerts).toEqual([expect.arrayContaining(['value']), []]);
  });

  test('where nothing changes it alerts less than once in the 300 values that are promised', () => {
    const { monitor, told, feed } = watched({ profile: 'short' }, 'daily', 'numeric');
    const random = new SeededRandom(7);
    for (let part = 0; part < 100; part += 1) {
      const before = told.length;
      feed(100, draw(random));
      if (told.length > before) monitor.reset({ keepBaseline: false });
    }
    expect(told.filter(({ to }) => to === 'alert').length).toBeLessThanOrEqual(10_000 / 300);
  });

  test('an alert stays until the level is back, and a new baseline ends it', () => {
    const { monitor, stream, feed } = watched({ profile: 'short' }, 'daily', 'numeric');
    const random = new SeededRandom(10);
    feed(60, () => standardNormal(random));
    feed(100, () => 6 + standardNormal(random));
    expect(stream.state).toBe('alert');
    monitor.rebaseline();
    feed(60, () => 6 + standardNormal(random));
    expect(stream.state).toBe('stable');
    feed(12, () => standardNormal(random));
    expect(stream.state).toBe('alert');
    feed(80, () => 6 + standardNormal(random));
    expect(stream.state).toBe('stable');
  });

  test('what is known of the level goes on after a restart', () => {
    const { monitor, stream, feed } = watched({ profile: 'short' }, 'daily', 'numeric');
    const random = new SeededRandom(11);
    feed(70, () => standardNormal(random));
    monitor.reset({ keepBaseline: false });
    feed(30, () => standardNormal(random));
    const again = new DriftMonitor({ seed: 3, now: () => 1e12, profile: 'short' });
    expect(again.restore(JSON.parse(JSON.stringify(monitor.snapshot())))).toBe(true);
    const [restored] = again.streams();
    expect(restored?.snapshot()).toEqual(stream.snapshot());
    const values = Array.from({ length: 10 }, () => 5 + standardNormal(random));
    for (const of of [stream, restored]) for (const value of values) of?.observe(value);
    expect(restored?.aspects().map(({ state }) => state)).toEqual(['alert', 'stable', 'stable']);
    expect(restored?.snapshot()).toEqual(stream.snapshot());
  });

  test('takes few different numbers for numbers', () => {
    const { stream, feed } = watched({ profile: 'short' }, 'counts', 'numeric');
    const random = new SeededRandom(8);
    feed(40, () => Math.floor(12 * random.next()));
    expect(stream.comparison?.baseline.kind).toBe('numeric');
  });
});

describe('classes by name', () => {
  const options = { streams: { kind: { classes: ['fraud'], falseAlarmEvery: 1e5 } } };
  const kinds = Array.from({ length: 12 }, (_, index) => `k${index}`);
  /** A dozen frequent kinds, ten rare ones, and fraud, which is rare too. */
  const draw = (random: SeededRandom, share: number) => (): string => {
    const place = random.next();
    if (place < share) return 'fraud';
    if (place < share + 0.03) return `rare${Math.floor(10 * random.next())}`;
    return kinds[Math.floor(12 * random.next())] ?? '';
  };

  test('a rare class has a place in the baseline although it was not seen', () => {
    const { stream, feed } = watched(options, 'kind', 'categorical');
    feed(1200, draw(new SeededRandom(9), 0));
    const known = stream.comparison?.baseline.known;
    expect(known).toEqual({
      kind: 'categories',
      names: expect.arrayContaining([...kinds, 'fraud']),
    });
  });

  /** Records from a rise from .1 % to .6 % until it is evident. */
  function delayOf(chosen: Partial<DriftOptions>, seed: number): number {
    const { stream, feed } = watched(chosen, 'kind', 'categorical');
    const random = new SeededRandom(seed);
    const isEvident = (): boolean =>
      stream.aspects().some(({ evidence, threshold }) => evidence.value >= threshold);
    feed(25_000, draw(random, 0.001));
    expect(isEvident()).toBe(false);
    const rising = draw(random, 0.006);
    for (let records = 20; records < 40_000; records += 20) {
      feed(20, rising);
      if (isEvident()) return records;
    }
    return Number.POSITIVE_INFINITY;
  }

  test.each([13, 26, 39])('its rise is evident within 8,000 records, by seed %i', (seed) => {
    expect(delayOf(options, seed)).toBeLessThan(8000);
  });

  test('evidence on it goes on after a restart', () => {
    const { stream, feed, monitor } = watched(options, 'kind', 'categorical');
    const random = new SeededRandom(14);
    feed(3000, draw(random, 0.01));
    const before = stream.aspects().map(({ evidence }) => evidence.value);
    const again = new DriftMonitor(options);
    expect(again.restore(JSON.parse(JSON.stringify(monitor.snapshot())))).toBe(true);
    const [restored] = again.streams();
    expect(restored?.aspects().map(({ evidence }) => evidence.value)).toEqual(before);
    expect(restored?.snapshot()).toEqual(stream.snapshot());
  });
});
