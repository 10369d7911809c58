import fc from 'fast-check';
import { expect, test } from 'vitest';

import { Labels } from '../../../../collector/src/model/labels.ts';
import { prometheusFunctions } from '../../../../collector/src/model/template/functions/prometheus.ts';
import {
  expandLine,
  expandRuleText,
  parseRuleText,
  type RuleTextData,
  ruleTextVariables,
} from '../../../../collector/src/rules/alert/rule-text.ts';

const FUNCTIONS = prometheusFunctions({
  query: () => [],
  nowMs: 90_000,
  externalUrl: 'http://alerts.example/base',
});

const DATA: RuleTextData = {
  labels: Labels.of({ __name__: 'depth', pod: 'a', zone: 'z<1>', code: '503', size: '1.5' }),
  externalLabels: { cluster: 'c1' },
  externalUrl: 'http://alerts.example/base',
  value: 1234.5,
};

const OPERANDS = [
  '$value',
  '.Value',
  '$.Value',
  '$labels.pod',
  '.Labels.size',
  '$labels.missing',
  '$externalLabels.cluster',
  '.ExternalLabels.missing',
  '$externalURL',
  '$labels',
  '.',
  '$labels.pod.deep',
  '$value.field',
  '1',
  '2.5',
  '0x10',
  "'x'",
  '99999999999999999999',
  '"a%v"',
  'true',
  'nil',
  'externalURL',
  'now',
  '(printf "%.1f" $value)',
  '(1 | print)',
];

const FUNCTION_NAMES = [
  'humanize',
  'humanizeDuration',
  'humanizePercentage',
  'humanizeTimestamp',
  'printf',
  'print',
  'toUpper',
  'title',
  'len',
  'index',
  'slice',
  'not',
  'eq',
  'gt',
  'and',
  'or',
  'reReplaceAll',
  'stripPort',
  'parseDuration',
  'toTime',
  'safeHtml',
  'html',
  'urlquery',
  'args',
  'query',
  'pathPrefix',
];

const operand = fc.constantFrom(...OPERANDS);
const command = fc.oneof(
  operand,
  fc
    .tuple(fc.constantFrom(...FUNCTION_NAMES), fc.array(operand, { maxLength: 3 }))
    .map(([name, operands]) => [name, ...operands].join(' ')),
);
const pipeline = fc.array(command, { minLength: 1, maxLength: 3 }).map((all) => all.join(' | '));
const piece = fc.oneof(
  fc.constantFrom(
    ' text ',
    'at {{- " x " -}} end',
    '{{ $x := 1 }}',
    '{{ range $labels }}r{{ end }}',
  ),
  pipeline.map((text) => `{{ ${text} }}`),
  pipeline.map((text) => `{{ if ${text} }}yes{{ else }}no {{ $value }}{{ end }}`),
);

function generalText(text: string, data: RuleTextData): string {
  return expandRuleText(parseRuleText('A', text), ruleTextVariables(data), FUNCTIONS);
}

test('a line prints what the walk over the nodes prints, or leaves it to that', () => {
  const value = fc.oneof(
    fc.double(),
    fc.constantFrom(0, -0, 1, 0.5, 1e21, Number.NaN, Number.POSITIVE_INFINITY),
    fc.constant('{count:1, sum:2}'),
  );
  let lineCount = 0;
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 2 }), value, (pieces, each) => {
      const text = pieces.join('');
      const data = { ...DATA, value: each };
      const line = expandLine(parseRuleText('A', text), data, FUNCTIONS);
      if (line === undefined) return;
      lineCount += 1;
      expect(line).toBe(generalText(text, data));
    }),
    { numRuns: 4_000 },
  );
  expect(lineCount).toBeGreaterThan(100);
});

test.for([
  [
    '{{ $labels.pod }} in {{ .Labels.zone }} is at {{ $value | humanize }}',
    'a in z<1> is at 1.234k',
  ],
  ['{{ printf "%.2f" $value }}{{ $labels.missing }}', '1234.50'],
  ['{{ if gt $value 1000.0 }}high{{ else }}low{{ end }}', 'high'],
  ['{{ $externalLabels.cluster }}{{ $.ExternalLabels.none }}', 'c1'],
  ['{{ humanizePercentage (print $labels.size) }}', '150%'],
  ['{{ $value }}', '1234.5'],
] as const)('%s is a line', ([text, expected]) => {
  expect(expandLine(parseRuleText('A', text), DATA, FUNCTIONS)).toBe(expected);
});

test.for([
  ['a loop', '{{ range $labels }}x{{ end }}'],
  ['a variable of its own', '{{ $x := 1 }}{{ $x }}'],
  ['what fails', '{{ humanize $labels.pod }}'],
  ['a map', '{{ $labels }}'],
  ['nothing', '{{ index $labels "pod" }}{{ nil }}'],
  ['too many nodes', '{{ $value }}'.repeat(6_000)],
  ['too deep', `{{ ${'('.repeat(80)}$value${')'.repeat(80)} }}`],
] as const)('a template with %s is no line', ([, text]) => {
  const parsed = parseRuleText('A', text);
  expect(expandLine(parsed, DATA, FUNCTIONS)).toBeUndefined();
  expect(typeof generalText(text, DATA)).toBe('string');
});
