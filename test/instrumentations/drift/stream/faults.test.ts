import { describe, expect, test } from 'vitest';

import { SeededRandom, standardNormal } from '@telltale/statistics';
import {
  DriftMonitor,
  type DriftOptions,
  type DriftTransition,
  type StreamKind,
} from '@telltale/instrumentation-drift';

const KEY = { model: 'm', version: '1', name: 's', direction: 'output' } as const;

/** A stream, what it says, and values to feed it with. */
function watched(kind: StreamKind, options: Partial<DriftOptions> = {}, seed = 1) {
  const random = new SeededRandom(seed);
  const monitor = new DriftMonitor({ seed, ...options });
  const transitions: DriftTransition[] = [];
  monitor.onTransition((transition) => transitions.push(transition));
  const stream = monitor.stream(KEY, kind);
  const [found] = monitor.streams();
  if (found === undefined) throw new TypeError('Cannot find the stream');
  const feed = (records: number, draw: (random: SeededRandom, record: number) => unknown): void => {
    for (let record = 0; record < records; record += 1) stream.observe(draw(random, record));
  };
  const incidents = (): readonly DriftTransition[] =>
    transitions.filter(
      ({ from, to }) => (to === 'drift' || to === 'alert') && from !== 'drift' && from !== 'alert',
    );
  const stateOf = (name: string): string | undefined =>
    found.aspects().find(({ aspect }) => aspect === name)?.state;
  const toldOf = (name: string): readonly string[] =>
    transitions.flatMap(({ aspect, from, to }) => (aspect === name ? [`${from} ${to}`] : []));
  return { stream: found, transitions, feed, incidents, stateOf, toldOf };
}

/** Outages of 20 records, one in 500 records on the average, at random times. */
function outages(): (random: SeededRandom) => number | null {
  let left = 0;
  return (random) => {
    if (left === 0 && random.next() < 1 / 500) left = 20;
    if (left > 0) left -= 1;
    return left > 0 ? null : standardNormal(random);
  };
}

const category = (share: number) => (random: SeededRandom) => (random.next() < share ? '1' : '0');

describe('an incident that begins with the stream', () => {
  test('is told where the baseline is given and the data never fitted it', () => {
    const trained = watched('numeric');
    trained.feed(1200, standardNormal);
    const baseline = trained.stream.comparison?.baseline;
    if (baseline === undefined) throw new TypeError('Cannot learn a baseline');
    const served = watched('numeric');
    served.stream.adopt(baseline);
    served.feed(1000, (random) => standardNormal(random) + 2);
    expect(served.toldOf('value')).toEqual(['learning alert']);
  });

  test('is told after a reset', () => {
    const { stream, feed, toldOf } = watched('numeric');
    feed(1200, standardNormal);
    stream.reset();
    feed(1000, (random) => standardNormal(random) + 2);
    expect(toldOf('value')).toEqual(['learning alert']);
  });

  test('is none where the data fit', () => {
    const { feed, transitions } = watched('numeric');
    feed(3000, standardNormal);
    expect(transitions).toEqual([]);
  });
});

describe('missing values', () => {
  // Of seed 10 the first outages lie so that they once passed for an uneven start.
  test.for([1, 10])('in bursts raise no incident, seed %s', (seed) => {
    const { feed, incidents } = watched('numeric', {}, seed);
    feed(80_000, outages());
    expect(incidents()).toEqual([]);
  });

  test('in bursts are thinned by their own measure, values are not', () => {
    const { stream, feed } = watched('numeric');
    feed(12_000, outages());
    const baseline = stream.comparison?.baseline;
    expect(baseline?.thin).toBeLessThanOrEqual(2);
    expect(baseline?.missing.thin).toBeGreaterThanOrEqual(15);
  });

  test.for([
    { start: 'nothing but nulls', until: 400, share: 1 },
    { start: 'half of them nulls', until: 300, share: 0.5 },
    { start: 'every fifth a null', until: 500, share: 0.2 },
  ])('at the start are no part of the baseline: $start', ({ until, share }) => {
    const { stream, feed, incidents, stateOf } = watched('numeric');
    feed(100 + until, (random) => (random.next() < share ? null : standardNormal(random)));
    feed(20_000, standardNormal);
    expect({
      missing: stream.comparison?.baseline.missing.nulls,
      state: stateOf('missing'),
      incidents: incidents(),
    }).toEqual({ missing: 0, state: 'stable', incidents: [] });
  });

  test('that are most of a feature do not hide a change of the rest', () => {
    const { feed, stateOf, stream } = watched('numeric');
    feed(3000, (random) => (random.next() < 0.7 ? null : standardNormal(random)));
    expect(stream.comparison?.baseline.quality).toBe('ok');
    feed(3000, (random) => (random.next() < 0.7 ? null : standardNormal(random) + 1));
    expect(stateOf('value')).toBe('alert');
  });

  test('that are nearly all of a feature leave the share of them watched', () => {
    const { feed, stateOf, stream } = watched('numeric');
    feed(12_000, (random) => (random.next() < 0.99 ? null : standardNormal(random)));
    expect(stream.comparison?.baseline.quality).toBe('unstable');
    feed(3000, standardNormal);
    expect(stateOf('missing')).toBe('alert');
  });
});

describe('novelty', () => {
  const ids = (many: number) => (random: SeededRandom) =>
    `id-${Math.floor(many * random.next() ** 2)}`;

  test.for([50, 500, 5000])('of %s unchanged ids is no warning', (many) => {
    const { feed, transitions, stateOf } = watched('categorical', {}, 3);
    feed(30_000, ids(many));
    expect({ state: stateOf('novelty'), transitions }).toEqual({
      state: 'stable',
      transitions: [],
    });
  });

  test('is compared with the share that the baseline has', () => {
    const words = (unknown: number) => (random: SeededRandom) =>
      random.next() < unknown
        ? `w${Math.floor(1e6 * random.next())}`
        : `k${Math.floor(5 * random.next())}`;
    const { feed, stateOf, stream } = watched('categorical', {}, 4);
    feed(15_000, words(0.2));
    const { novelty } = stream.comparison ?? {};
    expect(novelty?.window.baseline.hits).toBeGreaterThan(0.15 * 5000);
    feed(5000, words(0.25));
    expect(['warning', 'drift']).toContain(stateOf('novelty'));
    feed(5000, words(0.5));
    expect(stateOf('novelty')).toBe('alert');
  });
});

describe('a moderate change that lasts', () => {
  test.for([
    { change: '2 % -> 0', before: 0.02, after: 0 },
    { change: '2 % -> 5 %', before: 0.02, after: 0.05 },
    { change: '10 % -> 16 %', before: 0.1, after: 0.16 },
  ])('is not learned away: $change', ({ before, after }) => {
    const { feed, stream } = watched('categorical', {}, 5);
    feed(13_500, category(before));
    expect({ size: stream.comparison?.baseline.size, state: stream.state }).toEqual({
      size: 10_000,
      state: 'stable',
    });
    feed(8000, category(after));
    feed(80_000, category(after));
    expect(stream.state).not.toBe('stable');
  });
});

describe('compared with the window before', () => {
  test('equal data raise no incident after a real change', () => {
    const { feed, incidents } = watched('numeric', { compare: 'previous' }, 6);
    feed(3000, standardNormal);
    feed(3000, (random) => standardNormal(random) + 1);
    const real = incidents().length;
    feed(100_000, (random) => standardNormal(random) + 1);
    expect({ real, later: incidents().length - real }).toEqual({ real: 1, later: 0 });
  });
});

describe('a learned baseline', () => {
  test('gives way to a larger one without a message, where nothing changed', () => {
    const { feed, stream, transitions } = watched('numeric');
    feed(1500, standardNormal);
    expect(stream.comparison?.baseline.size).toBe(1000);
    feed(11_000, standardNormal);
    expect({ size: stream.comparison?.baseline.size, state: stream.state, transitions }).toEqual({
      size: 10_000,
      state: 'stable',
      transitions: [],
    });
  });

  test('stays where something changes meanwhile', () => {
    const { feed, stream } = watched('numeric');
    feed(6000, standardNormal);
    feed(12_000, (random) => standardNormal(random) + 0.6);
    expect(stream.comparison?.baseline.size).toBe(1000);
    expect(stream.state).toBe('alert');
  });

  test('stays where the options say so', () => {
    const { feed, stream } = watched('numeric', {
      baseline: { size: 1000, warmup: 100, sizeMax: 1000 },
    });
    feed(15_000, standardNormal);
    expect(stream.comparison?.baseline.size).toBe(1000);
  });
});
