import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  formatMatcher,
  LabelMatchers,
  parseMatcher,
  parseMatchers,
} from '../../../../../collector/src/notify/stages/matching/label-matchers.ts';

test.each([
  ['a=b', ['a="b"']],
  ['{a="b", c=~"d|e",}', ['a="b"', 'c=~"d|e"']],
  [' a != "b" , c !~ d ', ['a!="b"', 'c!~"d"']],
  ['foo="a,b"', ['foo="a,b"']],
  ['foo="a\\"b"', ['foo="a\\"b"']],
  ['foo="a\\nb"', ['foo="a\\nb"']],
  // The older grammar: an empty value, loose backslashes, one brace alone.
  ['foo=', ['foo=""']],
  ['foo=a\\d', ['foo="a\\\\d"']],
  ['{foo=bar', ['foo="bar"']],
  // The newer one: names beyond the letters of Prometheus.
  ['"foo bar"="x"', ['"foo bar"="x"']],
  ['ünïcode=x', ['ünïcode="x"']],
  ['{}', []],
  ['', []],
])('%j are %j', (source, expected) => {
  expect(parseMatchers(source).map(formatMatcher)).toEqual(expected);
});

test.each(['a', 'a==b"', 'a="b', '="b"', 'a=~"("', 'a="b" c="d"'])('%j is refused', (source) => {
  expect(() => parseMatchers(source)).toThrow(SyntaxError);
});

describe('parseMatcher()', () => {
  test.each(['{a=b}', 'a=b,c=d', ''])('refuses %j, which is not one matcher', (source) => {
    expect(() => parseMatcher(source)).toThrow(SyntaxError);
  });
});

test('what is printed is read back as the same', () => {
  const matcher = fc.record({
    name: fc.string({ minLength: 1 }).filter((name) => !/\p{Surrogate}/u.test(name)),
    operator: fc.constantFrom('=' as const, '!=' as const),
    value: fc.string().filter((value) => !/[\p{Surrogate}\r]/u.test(value)),
  });
  fc.assert(
    fc.property(fc.array(matcher, { minLength: 1, maxLength: 4 }), (list) => {
      const matchers = new LabelMatchers(list);
      const again = new LabelMatchers(parseMatchers(matchers.toString()));
      expect(again.list).toEqual(matchers.list);
    }),
    { numRuns: 300 },
  );
});

test('a missing label is empty', () => {
  const matchers = new LabelMatchers(parseMatchers('a="",b!="x",c=~".*"'));
  expect([
    matchers.matches({}),
    matchers.matches({ a: 'y' }),
    matchers.matches({ b: 'x' }),
  ]).toEqual([true, false, false]);
});
