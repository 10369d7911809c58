import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';

import { SeededRandom } from '@telltale/statistics';

import { readYaml } from '../../../../collector/src/config/rules/yaml.ts';
import type { YamlValue } from '../../../../collector/src/config/yaml/tree.ts';
import { AWKWARD_FILES } from '../../../support/yaml/awkward-rules.ts';
import { mutateYaml } from '../../../support/yaml/mutate-yaml.ts';

const encoder = new TextEncoder();
const read = (text: string | Uint8Array) =>
  readYaml(typeof text === 'string' ? encoder.encode(text) : text);

function plain(value: YamlValue | undefined): unknown {
  if (value === undefined || value.kind === 'null') return null;
  if (value.kind === 'scalar') return value.text;
  if (value.kind === 'list') return value.items.map(plain);
  return Object.fromEntries(value.entries.map(({ key, value: inner }) => [key, plain(inner)]));
}

const valueOf = (text: string | Uint8Array): unknown => {
  const { root, problems } = read(text);
  return problems[0]?.message ?? plain(root);
};

describe('what go-yaml reads is read, with the same values', () => {
  test.for<[string, string, unknown]>([
    [
      'a continuation at column 0',
      'a:\n  b: "one\ntwo\n\n  three"',
      { a: { b: 'one two\nthree' } },
    ],
    ['a closing quote at column 0', "a:\n  b: 'one\n'", { a: { b: 'one ' } }],
    ['an escaped line break', 'a: "b \\\n   c\\\n d"', { a: 'b cd' }],
    [
      'a flow collection left of its key',
      'a:\n  b: [\n1,\n{c: d}\n]',
      { a: { b: ['1', { c: 'd' }] } },
    ],
    ['a comment behind a quote', 'a: "x"#y\nb: c', { a: 'x', b: 'c' }],
    ['CR alone', 'a: |\r  b\r  c\rd: e', { a: 'b\nc\n', d: 'e' }],
    [
      'literal and folded blocks',
      'a: |+\n  b\n\nc: >\n  d\n  e\n\n   f\n',
      { a: 'b\n\n', c: 'd e\n\n f\n' },
    ],
    [
      'anchors and merges',
      'a: &x {b: c}\nd: {<<: *x, e: f}',
      { a: { b: 'c' }, d: { b: 'c', e: 'f' } },
    ],
    ['plain text over lines', 'a: b\n  c # d\ne: f g', { a: 'b c', e: 'f g' }],
    ['single pairs', '[a: b, c]', [{ a: 'b' }, 'c']],
    ['keys alone', '{a, b: }', { a: null, b: null }],
    ['colons in words', 'a: b:c\nd: http://e/f', { a: 'b:c', d: 'http://e/f' }],
  ])('%s', ([, text, expected]) => {
    expect(valueOf(text)).toEqual(expected);
  });

  test('UTF-16, either way round', () => {
    const text = Buffer.from('\ufeffa: é😀\n', 'utf16le');
    expect(valueOf(text)).toEqual({ a: 'é😀' });
    expect(valueOf(Buffer.from(text).swap16())).toEqual({ a: 'é😀' });
  });
});

describe('faults have a place', () => {
  test.for<[string, string]>([
    ['a: "b', '1:4 yaml: found unexpected end of stream in a quoted scalar'],
    ['a: b\n c: d\n', '2:3 yaml: mapping values are not allowed in this context'],
    ['a: [b, c\nd: e', "2:2 yaml: did not find expected ',' or ']'"],
    ['a:\n\t- b', '2:1 yaml: found character that cannot start any token'],
    ['a: @b', '1:4 yaml: found character that cannot start any token'],
    ['a: "\\q"', '1:4 yaml: found unknown escape character in a quoted scalar'],
    ['a: b\nc\nd: e', "2:1 yaml: could not find expected ':'"],
    ['a: *b', "1:4 yaml: unknown anchor 'b' referenced"],
  ])('%j', ([text, expected]) => {
    const [problem] = read(text).problems;
    expect(`${problem?.line}:${problem?.column} ${problem?.message}`).toBe(expected);
  });
});

test('values are those of the yaml package wherever it reads the text, too', () => {
  const shipped = globSync('deploy/prometheus/rules/*.yaml', {
    cwd: join(import.meta.dirname, '../../../..'),
  }).map((file) => readFileSync(join(import.meta.dirname, '../../../..', file), 'utf8'));
  const texts = AWKWARD_FILES.flatMap(({ text }) => (typeof text === 'string' ? [text] : []));
  const seeds = [...texts, ...shipped];
  const random = new SeededRandom(7);
  let compared = 0;
  for (let round = 0; round < 1500; round += 1) {
    const seed = seeds[round % seeds.length] ?? '';
    // A block at the end of the text, without a line break, gets one from the other package only.
    const text = `${round < seeds.length ? seed : mutateYaml(seed, random)}\n`;
    const theirs = theirValue(text);
    const { root, problems } = read(text);
    // A line break of YAML 1.1 alone is a character for the other one.
    if (
      theirs === undefined ||
      problems.length > 0 ||
      /[\u0085\u2028\u2029]|\r(?!\n)/u.test(text)
    ) {
      continue;
    }
    compared += 1;
    expect({ text, value: withoutNulls(plain(root)) }).toEqual({ text, value: theirs.value });
  }
  expect(compared).toBeGreaterThan(200);
});

function theirValue(text: string): { readonly value: unknown } | undefined {
  const options = { schema: 'failsafe', merge: true, logLevel: 'silent', strict: true } as const;
  const documents = parseAllDocuments(text, options);
  const [first] = Array.isArray(documents) ? documents : [];
  if (first === undefined || first.errors.length > 0 || /<<|[&*!]|[~]|null/iu.test(text)) {
    return undefined;
  }
  return { value: withoutNulls(first.toJS()) };
}

/** The failsafe schema of the other package has no null. */
function withoutNulls(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? ''), (_, inner: unknown) => inner ?? '') as unknown;
}
