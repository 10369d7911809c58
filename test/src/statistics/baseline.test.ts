import { createHash } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import {
  type Baseline,
  baselineId,
  buildBaseline,
  type Collected,
  foreignField,
  parseBaseline,
  SeededRandom,
  type StreamKey,
  serializeBaseline,
  shuffled,
  standardNormal,
} from '@telltale/statistics';

const KEY: StreamKey = { model: 'fraud', version: '7', name: 'score', direction: 'output' };
const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

function built(collected: Collected, more: object = {}): Baseline {
  return buildBaseline(collected, {
    key: KEY,
    source: 'training',
    createdMs: Date.UTC(2026, 10, 21),
    thinning: 'auto',
    quality: 'ok',
    random: new SeededRandom(3),
    ...more,
  });
}

const collect = (kind: Collected['kind'], values: Collected['values']): Collected => ({
  kind,
  values,
  outcomes: values.map(() => 0),
});

function numbers(count = 1000): Collected {
  const random = new SeededRandom(9);
  return collect(
    'numeric',
    Array.from({ length: count }, () => standardNormal(random)),
  );
}

const categories = collect(
  'categorical',
  Array.from({ length: 400 }, (_, index) => ['red', 'green', 'blue', '7'][index % 4] ?? ''),
);

describe('baseline files', () => {
  test.for<readonly [string, Baseline]>([
    ['numbers', built(numbers())],
    ['few numbers', built(numbers(5))],
    ['no values at all', built(collect('numeric', []))],
    ['categories', built(categories)],
    ['no categories at all', built(collect('categorical', []))],
    [
      'a segment, a season and a calibration',
      built(numbers(), {
        key: { ...KEY, segment: 'EU', season: 'mon-07' },
        calibration: [
          [0, 0.1],
          [0.5, 0.4],
          [1, 1],
        ],
      }),
    ],
    ['a declared range', built(numbers(), { declared: { kind: 'range', min: -9, max: 9 } })],
    ['a clock that says nothing', built(numbers(), { createdMs: Number.NaN })],
  ])('%s come back as they went, with the hash of their content', ([, baseline]) => {
    const text = serializeBaseline(baseline, digest);
    const id = baselineId(baseline, digest);
    expect(parseBaseline(text, digest)).toEqual({ ok: true, baseline, id });
    expect(JSON.parse(text)).toMatchObject({ schema: 'ml-drift-baseline/1', id });
  });

  const text = serializeBaseline(built(numbers()), digest);
  type File = Record<string, Record<string, unknown>>;
  const edited = (edit: (file: File) => void, of = text): string => {
    const file = JSON.parse(of) as File;
    edit(file);
    return JSON.stringify(file);
  };
  const set = (field: string, value: unknown) =>
    edited((file) => Object.assign(file, { [field]: value }));

  test.for<readonly [string, string, string]>([
    ['no JSON', '{', ''],
    ['null', 'null', 'schema'],
    ['another schema', text.replace('ml-drift-baseline/1', 'other/9'), 'schema'],
    ['a changed number', edited(({ moments }) => Object.assign(moments ?? {}, { mean: 9 })), 'id'],
    ['a changed size', set('n', 999), 'rank20.weights'],
    ['no model', set('model', null), 'model.name'],
    ['no kind', edited(({ stream }) => delete stream?.['kind']), 'stream.kind'],
    [
      'a strange direction',
      edited(({ stream }) => Object.assign(stream ?? {}, { direction: 'up' })),
      'stream.direction',
    ],
    ['no time', set('createdAt', 'yesterday'), 'createdAt'],
    ['a sample out of order', set('sample', [2, 1]), 'sample'],
    ['a sample with null', set('sample', [1, null]), 'sample'],
    ['weights of zero', set('cells', { edges: [], ties: [], weights: [0] }), 'cells'],
    ['edges without ties', set('cells', { edges: [1], ties: [], weights: [1, 1] }), 'cells'],
    [
      'edges out of order',
      set('cells', { edges: [2, 1], ties: [0, 0], weights: [1, 1, 1] }),
      'cells.edges',
    ],
    ['no range', edited(({ novelty }) => delete novelty?.['range']), 'novelty.range'],
    [
      'bins that miss values',
      edited(({ bins10 }) => Object.assign(bins10 ?? {}, { counts: [1] })),
      'bins10.counts',
    ],
    [
      'a calibration that falls',
      set('calibration', [
        [0, 0.9],
        [1, 0.1],
      ]),
      'calibration',
    ],
    [
      'categories without counts',
      edited(
        ({ categories: found }) => Object.assign(found ?? {}, { top: ['red'] }),
        serializeBaseline(built(categories), digest),
      ),
      'categories.top',
    ],
  ])('%s is refused at its field', ([, damaged, field]) => {
    expect(parseBaseline(damaged, digest)).toMatchObject({ ok: false, problem: { field } });
  });

  test('a file cut anywhere is refused', () => {
    for (let length = 0; length < text.length - 1; length += Math.ceil(text.length / 200)) {
      expect(parseBaseline(text.slice(0, length), digest).ok).toBe(false);
    }
  });

  test.for<readonly [string, Partial<StreamKey>, string | undefined]>([
    ['its own', {}, undefined],
    ['another model', { model: 'spam' }, 'model.name'],
    ['another version', { version: '8' }, 'model.version'],
    ['another stream', { name: 'amount' }, 'stream.name'],
    ['an input', { direction: 'input' }, 'stream.direction'],
    ['a segment', { segment: 'EU' }, 'stream.segment'],
  ])('a baseline for %s is recognized', ([, other, field]) => {
    expect(foreignField(built(numbers()), { ...KEY, ...other })?.field).toBe(field);
  });

  test('a baseline without a version fits every version', () => {
    const anyVersion = built(numbers(), { key: { ...KEY, version: '' } });
    expect(foreignField(anyVersion, KEY)).toBeUndefined();
  });
});

describe('buildBaseline', () => {
  test('a text that fewer than five values share is no category of its own', () => {
    const values = Array.from({ length: 200 }, (_, index) =>
      index === 3 ? 'Ada Lovelace' : 'none',
    );
    expect(built(collect('categorical', values)).known).toEqual({
      kind: 'categories',
      names: ['none'],
    });
  });

  test('a declared range keeps the whole baseline for novelty', () => {
    const declared = { kind: 'range', min: -9, max: 9 } as const;
    const { known, novelty, isDeclared } = built(numbers(), { declared });
    expect({ known, isDeclared }).toEqual({ known: declared, isDeclared: true });
    expect(novelty.urn.weights.reduce((sum, weight) => sum + weight, 0)).toBe(1001);
  });
});

test('values in no order of time take the dependence they are given', () => {
  const { values } = numbers();
  const sorted = values.map(Number).toSorted((a, b) => a - b);
  const baseline = built(collect('numeric', shuffled(sorted, new SeededRandom(5))), {
    dependence: { thin: 3, designEffect: 2.5 },
  });
  expect(baseline).toMatchObject({ thin: 3, designEffect: 2.5 });
  expect([...baseline.sample]).toEqual(sorted);
});
