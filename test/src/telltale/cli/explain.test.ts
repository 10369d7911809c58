import { describe, expect, test } from 'vitest';

import { SeededRandom, standardNormal } from '@telltale/statistics';
import { DriftMonitor, type StreamKind } from '@telltale/instrumentation-drift';

import { explanations } from '../../../../src/telltale/src/cli/drift/explain.ts';

const KEY = { model: 'm', version: '1', direction: 'input' } as const;

function saying(
  setup: (monitor: DriftMonitor, random: SeededRandom, tick: (ms: number) => void) => void,
) {
  let nowMs = Date.UTC(2026, 10, 30);
  const monitor = new DriftMonitor({ now: () => nowMs });
  setup(monitor, new SeededRandom(1), (ms) => {
    nowMs += ms;
  });
  return explanations(monitor.status(), nowMs);
}

const feed = (
  monitor: DriftMonitor,
  [name, kind]: readonly [string, StreamKind],
  values: readonly unknown[],
): void => {
  const stream = monitor.stream({ ...KEY, name }, kind);
  for (const value of values) stream.observe(value);
};

const many = <T>(count: number, draw: (index: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, index) => draw(index));

describe('explanations', () => {
  test('a stable stream needs none', () => {
    expect(
      saying((monitor, random) =>
        feed(
          monitor,
          ['x', 'numeric'],
          many(2500, () => standardNormal(random)),
        ),
      ),
    ).toEqual([]);
  });

  test('which way a number moved, and what to look at first', () => {
    const [first, text] = saying((monitor, random) => {
      feed(
        monitor,
        ['calm', 'numeric'],
        many(2500, () => standardNormal(random)),
      );
      feed(
        monitor,
        ['x', 'numeric'],
        [
          ...many(2000, () => standardNormal(random)),
          ...many(1000, () => standardNormal(random) - 2),
        ],
      );
    });
    expect(first).toBe('Look first at x: telltale drift plot x');
    expect(text).toMatch(
      /^x: mean down by \d[\d.]*, spread [\d.]+ times the baseline's; it is evident, and large enough to matter, since about (?:9\d\d|1\d{3}) records ago; \d+ values below -?[\d.]+ and \d+ above [\d.]+$/u,
    );
  });

  test('missing values', () => {
    const [, text] = saying((monitor, random) =>
      feed(
        monitor,
        ['x', 'numeric'],
        [
          ...many(2000, () => standardNormal(random)),
          ...many(1000, (index) => (index % 4 === 0 ? null : standardNormal(random))),
        ],
      ),
    );
    expect(text).toMatch(
      /^x: missing values rose from 0\.0 % to 25\.0 % of the records; it is evident/u,
    );
  });

  test('new and vanished categories by name', () => {
    const [, text] = saying((monitor, random) => {
      const draw = (names: readonly string[]) => (): string =>
        names[Math.floor(names.length * random.next())] ?? '';
      feed(
        monitor,
        ['c', 'categorical'],
        [
          ...many(2000, draw(['red', 'green', 'blue'])),
          ...many(1500, draw(['red', 'green', 'pink'])),
        ],
      );
    });
    expect(text).toContain('new: "pink"; no longer seen: "blue"');
  });

  test('why a stream still learns, and of what kind its bad values are', () => {
    expect(
      saying((monitor) => {
        feed(
          monitor,
          ['x', 'numeric'],
          [...many(300, () => 1), '2026-11-30', new Date(0), '1.5', {}],
        );
        feed(
          monitor,
          ['gone', 'numeric'],
          many(3000, (index) => (index < 60 ? index : null)),
        );
      }),
    ).toEqual([
      'x: learns its baseline, 204 of 1000 records; unusable: 2 times a date, 1 times a number as text, 1 times an object',
      'gone: learns its baseline, 2900 of 4000 records: most values are missing',
    ]);
  });

  test('of what a vector or a list of probabilities is made', () => {
    const texts = saying((monitor) => {
      const vectors = monitor.stream({ ...KEY, name: 'v' }, 'embedding');
      vectors.observe(Array.from({ length: 16 }, () => 1));
      vectors.observe(Array.from({ length: 32 }, () => 1));
      monitor.stream({ ...KEY, name: 'p' }, 'probabilities').observe([2, 3]);
    });
    expect(texts.join('\n')).toContain('1 times a vector of dimension 32, expected 16');
    expect(texts.join('\n')).toContain('numbers that are no probabilities');
  });

  test('a stream that went silent while others of its model did not', () => {
    const texts = saying((monitor, random, tick) => {
      feed(
        monitor,
        ['old', 'numeric'],
        many(2000, () => standardNormal(random)),
      );
      feed(
        monitor,
        ['new', 'numeric'],
        many(2000, () => standardNormal(random)),
      );
      monitor.status();
      tick(7_200_000);
      feed(
        monitor,
        ['new', 'numeric'],
        many(100, () => standardNormal(random)),
      );
    });
    expect(texts).toEqual([
      'old: stale: no value since 2026-11-30T00:00:00.000Z, while other streams of the model get some',
    ]);
  });

  test('the short profile, and why classes have no evidence of their own', () => {
    const monitor = new DriftMonitor({ now: () => 0 });
    feed(monitor, ['c', 'categorical'], ['a']);
    const [status] = monitor.status();
    if (status === undefined) throw new Error('no status');
    expect(status).toMatchObject({ profile: 'standard', classGap: null });
    const gap = { hasTooManyRecords: true, unknown: ['fraud'] };
    const texts = explanations([{ ...status, profile: 'short', classGap: gap }], 0);
    expect(texts).toEqual([
      'c: profile short: fewer values are needed, at the price of more false alarms; learns its baseline, 0 of 1000 records; no evidence by class: the baseline claims more than a million records; build one from fewer; not watched by name, as the baseline has no place for them: "fraud"; build the baseline from records that have them',
    ]);
  });
});
