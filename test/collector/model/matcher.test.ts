import fc from 'fast-check';
import { RE2JS } from 're2js';
import { expect, test } from 'vitest';

import { compileAnchoredRegex, compileMatcher } from '../../../collector/src/model/matcher.ts';

test.for([
  ['=', 'a', 'a', true],
  ['=', 'a', '', false],
  ['=', '', '', true],
  ['!=', 'a', 'b', true],
  ['!=', 'a', 'a', false],
  ['=~', 'a|b', 'b', true],
  ['=~', 'a|b', 'ab', false],
  ['=~', 'a|', '', true],
  ['=~', 'a', 'xax', false],
  ['=~', 'a.*', 'a\nb', true],
  ['=~', 'a.b', 'a\nb', true],
  ['=~', '.+', '', false],
  ['=~', '.*', '', true],
  ['=~', '(?i)gpu', 'GPU', true],
  ['=~', '5..', '503', true],
  ['=~', '5..', '5030', false],
  ['!~', '5..', '200', true],
  ['!~', '5..', '500', false],
] as const)(
  'compileMatcher() answers %s"%s" for "%s"',
  ([operator, value, candidate, expected]) => {
    expect(compileMatcher({ operator, value })(candidate)).toBe(expected);
  },
);

test.for([
  ['[a', 'error parsing regexp: missing closing ]: `[a)$`'],
  ['a{1001}', 'error parsing regexp: invalid repeat count: `{1001}`'],
  ['x**', 'error parsing regexp: invalid nested repetition operator: `**`'],
  ['(?=a)', 'error parsing regexp: invalid or unsupported Perl syntax: `(?=`'],
] as const)('compileAnchoredRegex() refuses %s', ([source, message]) => {
  expect(() => compileAnchoredRegex(source)).toThrow(message);
});

test('compileAnchoredRegex() gives the same answers with and without its short cuts', () => {
  const piece = fc.constantFrom('.*', '.+', 'a', 'ab', 'b', '|', 'é', '.', 'a?');
  const pattern = fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(''));
  const candidate = fc
    .array(fc.constantFrom('a', 'b', 'é', '\n'), { maxLength: 5 })
    .map((letters) => letters.join(''));
  fc.assert(
    fc.property(pattern, candidate, (source, value) => {
      const oracle = RE2JS.compile(`^(?s:${source})$`).matcher(value).find();
      return compileAnchoredRegex(source)(value) === oracle;
    }),
    { numRuns: 2000 },
  );
});

test('compileAnchoredRegex() needs time linear in the value', () => {
  const matches = compileAnchoredRegex('(a+)+b');
  expect(matches('a'.repeat(20_000))).toBe(false);
});
