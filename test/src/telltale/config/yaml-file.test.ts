import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { APPLICATION_KEYS } from '@telltale/core';

import { parseConfigFile, parseYaml } from '../../../../src/telltale/src/config/file/yaml-file.ts';
import { OPTIONS } from '../../../../src/telltale/src/config/options/options.ts';

function read(text: string): { values: Record<string, unknown>; problems: string[] } {
  const { values, problems } = parseConfigFile({ path: 'telltale.yaml', text }, OPTIONS, {});
  return {
    values: Object.fromEntries(values),
    problems: problems.map(
      ({ line = 0, column = 0, path, message }) => `${line}:${column} ${path} ${message}`,
    ),
  };
}

test.for([500, 1_000, 2_000, 5_000, 100_000])(
  'a list nested %i deep is read, or is a problem of the file',
  (depth) => {
    const text = `service: {name: ${'['.repeat(depth)}${']'.repeat(depth)}}`;
    const { problems } = read(text);
    expect(problems.every((each) => each.includes('Cannot'))).toBe(true);
    if (depth < 100_000) return;
    expect(problems[0]).toContain('Cannot read it: it is nested too deeply');
    expect(parseYaml(text)).toEqual({ error: 'Cannot read it: it is nested too deeply' });
  },
);

test('the keys that the alert service leaves to an application are those of its options', () => {
  const keys = OPTIONS.map(({ key }) => key.split('.')[0] ?? '').filter((key) => key !== '');
  expect([...APPLICATION_KEYS].toSorted()).toEqual(
    [...new Set(keys)].filter((key) => key !== 'config').toSorted(),
  );
});

test('a key at the top that neither program reads is a problem, unless it is there for people', () => {
  const text =
    'collector: {rules: []}\nx-note: {a: 1}\nmine: &m shop\nservice: {name: *m}\nserving: 1\nrules: []\n';
  expect(read(text)).toEqual({
    values: { 'service.name': 'shop' },
    problems: [
      '5:1 serving Cannot find an option of this name: the nearest valid name is service',
      '6:1 rules Cannot find an option of this name',
    ],
  });
});

describe('anchors, aliases and merge keys', () => {
  test.for([
    ['an alias', 'x: &n shop\nservice: {name: *n}\n', { 'service.name': 'shop' }, []],
    [
      'a merge key, whose values its own replace',
      'x: &m {name: shop, version: "1"}\nservice:\n  <<: *m\n  version: "2"\n',
      { 'service.name': 'shop', 'service.version': '2' },
      [],
    ],
    [
      'several, of which the first wins',
      'x: &a {name: one}\ny: &b {name: two, version: "3"}\nservice: {<<: [*a, *b]}\n',
      { 'service.name': 'one', 'service.version': '3' },
      [],
    ],
    [
      'an alias without an anchor',
      'service: {name: *none, version: "1"}\n',
      { 'service.version': '1' },
      ['1:17  Cannot read it: no anchor "none" before this'],
    ],
    [
      'a list with an alias without an anchor',
      'instrumentations: [http, *none]\n',
      {},
      [expect.stringMatching(/^1:19 {2}Cannot read it: Unresolved alias/u)],
    ],
    [
      'a map that holds itself',
      'service: &s {<<: *s, name: shop}\n',
      {},
      ['1:18  Cannot read it: "s" holds itself'],
    ],
    [
      'a section that holds itself',
      'drift: &x\n  streams: *x\n',
      {},
      ['2:12  Cannot read it: "x" holds itself'],
    ],
    [
      'a list that holds itself, two levels down',
      'onnxruntime: {models: &m [{name: *m}]}\n',
      {},
      ['1:34  Cannot read it: "m" holds itself'],
    ],
  ] as const)('%s', ([, text, values, problems]) => {
    expect(read(text)).toEqual({ values, problems });
  });
});

test('an alias bomb is refused', () => {
  const levels = Array.from({ length: 9 }, (_, level) => {
    const inside = level === 0 ? '"x"' : `*l${level - 1}`;
    return `l${level}: &l${level} [${Array.from({ length: 9 }, () => inside).join(',')}]\n`;
  });
  const bomb = `${levels.join('')}x-all: *l8\n`;
  expect(parseYaml(bomb)).toEqual({ error: expect.stringMatching(/alias/u) });
  expect(read(`${bomb}instrumentations: *l8\n`).problems).toEqual([
    expect.stringMatching(/Cannot read it: Excessive alias/u),
  ]);
});

test('no text makes the reader throw', () => {
  const piece = fc.constantFrom(
    'service',
    ':',
    ' ',
    '\n',
    '&a',
    '*a',
    '<<',
    '{',
    '}',
    '[',
    ']',
    '-',
    '"',
    'name',
    '#',
    '!!map',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const text = pieces.join('');
      expect(() => [read(text), parseYaml(text)]).not.toThrow();
    }),
    { numRuns: 2000 },
  );
});
