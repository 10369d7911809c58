import fc from 'fast-check';
import { expect, test } from 'vitest';

import { TemplateError } from '../../../../collector/src/model/template/error.ts';
import { formatFloatVerb } from '../../../../collector/src/model/template/format/float-verb.ts';
import {
  PROMETHEUS_FUNCTION_NAMES,
  prometheusFunctions,
} from '../../../../collector/src/model/template/functions/prometheus.ts';
import {
  executeTemplate,
  parseTemplate,
} from '../../../../collector/src/model/template/template.ts';
import { stringMap } from '../../../../collector/src/model/template/value.ts';

const FUNCTIONS = prometheusFunctions({ query: () => [], nowMs: 0, externalUrl: '' });
const LIMITS = { steps: 2_000, depth: 10, nesting: 100, outputLength: 4_096, stringLength: 4_096 };

/** `true` when the text gives an output or a template error; anything else escapes. */
function isContained(text: string): boolean {
  try {
    const template = parseTemplate(text, { name: 't', functions: PROMETHEUS_FUNCTION_NAMES });
    const data = stringMap({ a: '1', b: 'x' });
    return (
      typeof executeTemplate(template, data, { functions: FUNCTIONS, limits: LIMITS }) === 'string'
    );
  } catch (error) {
    return error instanceof TemplateError;
  }
}

const WORDS = [
  '{{',
  '}}',
  '{{-',
  '-}}',
  'if',
  'else',
  'end',
  'range',
  'with',
  'define',
  'template',
  'block',
  'break',
  'continue',
  '.',
  '.a',
  '.b.c',
  '$',
  '$x',
  ':=',
  '=',
  ',',
  '|',
  '(',
  ')',
  '"s"',
  '`r`',
  "'c'",
  '1',
  '1.5',
  '-3',
  '0x1p4',
  'true',
  'nil',
  'print',
  'printf',
  'len',
  'index',
  'slice',
  'eq',
  'lt',
  'and',
  'or',
  'not',
  'call',
  'html',
  'js',
  'urlquery',
  'println',
  'humanize',
  'query',
  'first',
  'args',
  'reReplaceAll',
  'toTime',
  'toDuration',
  'title',
  'sortByLabel',
  'match',
  '"%[2]*d%!"',
  ' ',
  ' ',
  ' ',
  '\n',
  '/*',
  '*/',
  'text',
  '\u00e9',
  '\u{1f600}',
];

test('no text makes the template engine fail in another way than by a template error', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), isContained), {
    numRuns: 1_000,
  });
  const words = fc.array(fc.constantFrom(...WORDS), { maxLength: 40 }).map((list) => list.join(''));
  fc.assert(fc.property(words, isContained), { numRuns: 5_000 });
  const actions = fc
    .array(fc.array(fc.constantFrom(...WORDS.slice(12)), { maxLength: 8 }), { maxLength: 5 })
    .map((list) => list.map((parts) => `{{ ${parts.join(' ')} }}`).join(''));
  fc.assert(fc.property(actions, isContained), { numRuns: 5_000 });
});

test('printf never fails in another way than by a template error', () => {
  const format = fc
    .array(
      fc.constantFrom(
        '%',
        'd',
        's',
        'v',
        'q',
        'x',
        'f',
        'g',
        'e',
        'c',
        'U',
        't',
        'T',
        '[1]',
        '[9]',
        '*',
        '.',
        '5',
        '-',
        '+',
        '#',
        '0',
        ' ',
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join(''));
  const value = fc.constantFrom('1', '-1', '1.5', '"s"', 'true', 'nil', '.', '(args 1 "b")', "'c'");
  fc.assert(
    fc.property(format, fc.array(value, { maxLength: 3 }), (text, values) => {
      return isContained(`{{ printf \`${text}\` ${values.join(' ')} }}`);
    }),
    { numRuns: 5_000 },
  );
});

test('formatFloatVerb() rounds to the nearest text and reads back as the same float', () => {
  const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
  fc.assert(
    fc.property(finite, fc.integer({ min: 0, max: 30 }), (value, precision) => {
      const fixed = formatFloatVerb(value, 'f', precision);
      const exponential = formatFloatVerb(value, 'e', precision);
      const isShortestExact = ['e', 'f', 'g'].every((verb) => {
        return Object.is(Number(formatFloatVerb(value, verb as 'e' | 'f' | 'g')), value);
      });
      const isExactWithManyDigits = Object.is(Number(formatFloatVerb(value, 'e', 17)), value);
      const error = Math.abs(Number(fixed) - value);
      const isClose = error <= 0.5000001 * 10 ** -precision + Math.abs(value) * 2 ** -52;
      const hasDigits = exponential.split('e')[0]?.split('.')[1]?.length ?? 0;
      return isShortestExact && isExactWithManyDigits && isClose && hasDigits === precision;
    }),
    { numRuns: 2_000 },
  );
  expect(formatFloatVerb(1e300, 'f', 2).length).toBe(304);
});
