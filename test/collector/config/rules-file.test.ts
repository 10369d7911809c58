import fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  parseRuleFile,
  type RuleFile,
  RuleFileError,
} from '../../../collector/src/config/rules/rules-file.ts';

const OPTIONS = { file: 'ml.yaml', intervalMs: 60_000 };

function read(text: string): RuleFile {
  return parseRuleFile(new TextEncoder().encode(text), OPTIONS);
}

/** The problems of a file as lines, `[]` when it is sound. */
function problemsOf(input: string | Uint8Array): readonly string[] {
  const bytes = typeof input === 'string' ? new TextEncoder().encode(input) : input;
  try {
    parseRuleFile(bytes, OPTIONS);
    return [];
  } catch (error) {
    if (!(error instanceof RuleFileError)) throw error;
    return error.message.split('\n');
  }
}

/** A file with one group `g`, whose only rule is written in `lines`. */
function ofRule(...lines: readonly string[]): string {
  const [first = '', ...rest] = lines;
  return [
    'groups:',
    '- name: g',
    '  rules:',
    `  - ${first}`,
    ...rest.map((line) => `    ${line}`),
  ].join('\n');
}

test('parseRuleFile() fills in what groups and rules leave out', () => {
  const { groups } = read(
    [
      'groups:',
      '- name: first',
      '  interval: 30s',
      '  query_offset: 1m',
      '  limit: 10',
      '  labels: {team: ml, severity: info}',
      '  rules:',
      '  - record: a:b',
      '    expr: sum(up)',
      '    labels: {severity: 5}',
      '  - alert: Down',
      '    expr: up == 0',
      '    for: 1h30m',
      '    keep_firing_for: 5m',
      '    annotations: {summary: "{{ $value }} is yes", flag: yes, none: ~}',
      '- name: second',
    ].join('\n'),
  );
  const plain = JSON.parse(
    JSON.stringify(groups, (key, value) => (key === 'expr' ? undefined : value)),
  );
  expect(plain).toEqual([
    {
      file: 'ml.yaml',
      name: 'first',
      intervalMs: 30_000,
      queryOffsetMs: 60_000,
      limit: 10,
      rules: [
        {
          kind: 'recording',
          name: 'a:b',
          exprText: 'sum(up)',
          labels: { team: 'ml', severity: '5' },
        },
        {
          kind: 'alerting',
          name: 'Down',
          exprText: 'up == 0',
          labels: { team: 'ml', severity: 'info' },
          forMs: 5_400_000,
          keepFiringForMs: 300_000,
          annotations: { summary: '{{ $value }} is yes', flag: 'yes', none: '' },
        },
      ],
    },
    { file: 'ml.yaml', name: 'second', intervalMs: 60_000, queryOffsetMs: 0, limit: 0, rules: [] },
  ]);
});

test.for<[string, string]>([
  ['an empty file', ''],
  ['only a comment', '# nothing\n'],
  ['no groups', 'groups:\n'],
  ['alertname as a rule label', ofRule('alert: A', 'expr: up', 'labels: {alertname: x}')],
  ['a UTF-8 label name', ofRule('alert: A', 'expr: up', 'labels: {a-b: x}')],
  ['for: 0s in a recording rule', ofRule('record: a', 'expr: up', 'for: 0s')],
  ['a merged mapping', 'groups:\n- &g\n  name: a\n  rules: []\n- <<: *g\n  name: b\n'],
])('parseRuleFile() accepts %s', ([, text]) => {
  expect(problemsOf(text)).toEqual([]);
});

test('parseRuleFile() warns when it leaves documents out', () => {
  expect(read('groups: []\n---\nbroken: yes\n').warnings).toEqual([
    {
      file: 'ml.yaml',
      line: 1,
      column: 1,
      message: 'only the first YAML document is read, the others are ignored',
    },
  ]);
});

test.for<[string, string, ...string[]]>([
  [
    'an unknown key of the file',
    'groups: []\nfoo: 1',
    '2:1: field foo not found in type rulefmt.RuleGroups',
  ],
  [
    'an unknown key of a group',
    'groups:\n- name: g\n  foo: 1',
    '3:3: field foo not found in type rulefmt.RuleGroupNode',
  ],
  [
    'an unknown key of a rule',
    ofRule('alert: A', 'expr: up', 'foo: 1'),
    '6:5: group "g", rule 1, "A": field foo not found in type rulefmt.RuleNode',
  ],
  [
    'both record and alert',
    ofRule('record: a', 'alert: A', 'expr: up'),
    `5:12: group "g", rule 1, "A": only one of 'record' and 'alert' must be set`,
  ],
  [
    'neither record nor alert',
    ofRule('expr: up'),
    `4:5: group "g", rule 1, "": one of 'record' or 'alert' must be set`,
  ],
  [
    'record with for',
    ofRule('record: a', 'expr: up', 'for: 5m'),
    `6:5: group "g", rule 1, "a": invalid field 'for' in recording rule`,
  ],
  [
    'record with keep_firing_for and annotations',
    ofRule('record: a', 'expr: up', 'keep_firing_for: 5m', 'annotations: {x: y}'),
    `6:5: group "g", rule 1, "a": invalid field 'keep_firing_for' in recording rule`,
    `7:5: group "g", rule 1, "a": invalid field 'annotations' in recording rule`,
  ],
  [
    'a fraction of an hour',
    ofRule('alert: A', 'expr: up', 'for: 1.5h'),
    '6:10: group "g", rule 1, "A": not a valid duration string: "1.5h"',
  ],
  [
    'a reserved label',
    ofRule('alert: A', 'expr: up', 'labels: {__name__: x}'),
    '6:14: group "g", rule 1, "A": invalid label name: __name__',
  ],
  [
    'a reserved group label',
    'groups:\n- name: g\n  labels: {__name__: x}',
    '3:12: invalid label name: __name__',
  ],
  [
    'no expression',
    ofRule('alert: A'),
    `4:5: group "g", rule 1, "A": field 'expr' must be set in rule`,
  ],
  [
    'an empty expression',
    ofRule('alert: A', "expr: ''"),
    `5:11: group "g", rule 1, "A": field 'expr' must be set in rule`,
  ],
  [
    'an expression that does not parse',
    ofRule('alert: A', 'expr: sum(foo'),
    '5:11: group "g", rule 1, "A": could not parse expression: 1:8: parse error: unclosed left parenthesis',
  ],
  [
    'an expression of the wrong type',
    ofRule('alert: A', 'expr: rate(foo)'),
    '5:11: group "g", rule 1, "A": could not parse expression: 1:6: parse error: expected type range vector in call to function "rate", got instant vector',
  ],
  [
    'an expression behind a switch',
    ofRule('alert: A', 'expr: sort_by_label(foo, "a")'),
    '5:11: group "g", rule 1, "A": could not parse expression: 1:1: parse error: function "sort_by_label" is not enabled',
  ],
  [
    'a repeated group',
    'groups:\n- name: g\n- name: g',
    '3:3: groupname: "g" is repeated in the same file',
  ],
  ['a group without a name', 'groups:\n- rules: []', '2:3: Groupname must not be empty'],
  [
    'a template with an unknown function',
    ofRule('alert: A', 'expr: up', 'annotations: {o: "{{ nofunc 1 }}"}'),
    '6:19: group "g", rule 1, "A": annotation "o": template: __alert_A:1: function "nofunc" not defined',
  ],
  [
    'a template with an unknown variable',
    ofRule('alert: A', 'expr: up', 'labels: {o: "{{ $u }}"}'),
    '6:14: group "g", rule 1, "A": label "o": template: __alert_A:1: undefined variable "$u"',
  ],
  [
    'templates that are not finished',
    ofRule('alert: A', 'expr: up', 'annotations: {a: "{{ if }}{{ end }}", b: "{{break}}"}'),
    '6:19: group "g", rule 1, "A": annotation "a": template: __alert_A:1: missing value for if',
    '6:43: group "g", rule 1, "A": annotation "b": template: __alert_A:1: {{break}} outside {{range}}',
  ],
  [
    'an expression as the name of a record',
    ofRule('record: a{b="c"}', 'expr: up'),
    '4:13: group "g", rule 1, "a{b="c"}": braces present in the recording rule name; should it be in expr?: a{b="c"}',
  ],
  ['a list instead of the file', '- a', '1:1: cannot unmarshal !!seq into rulefmt.RuleGroups'],
  ['a text instead of groups', 'groups: 5', '1:9: cannot unmarshal !!str into a list'],
  [
    'a text instead of a rule',
    'groups:\n- name: g\n  rules: [x]',
    '3:11: group "g", rule 1, "": cannot unmarshal !!str into rulefmt.RuleNode',
    `3:11: group "g", rule 1, "": one of 'record' or 'alert' must be set`,
    `3:11: group "g", rule 1, "": field 'expr' must be set in rule`,
  ],
  [
    'a mapping as a label value',
    ofRule('alert: A', 'expr: up', 'labels: {a: {b: c}}'),
    '6:17: group "g", rule 1, "A": cannot unmarshal !!map into string',
  ],
  [
    'a text as the limit',
    'groups:\n- name: g\n  limit: many',
    '3:10: cannot unmarshal !!str `many` into int',
  ],
  [
    'a repeated key',
    ofRule('alert: A', 'expr: up', 'expr: down'),
    '6:5: yaml: mapping key "expr" already defined at line 5',
  ],
  ['an unknown anchor', 'groups: *nope', "1:9: yaml: unknown anchor 'nope' referenced"],
  ['an anchor in itself', 'groups: &a [*a]', "1:13: yaml: anchor 'a' value contains itself"],
])('parseRuleFile() refuses %s', ([, text, ...expected]) => {
  // A message of a name with quotes is compared as it is printed.
  const lines = problemsOf(text).map((line) => line.replaceAll('\\"', '"'));
  expect(lines).toEqual(
    expected.map((line) => expect.stringMatching(startsWith(`ml.yaml: ${line}`))),
  );
});

function startsWith(text: string): RegExp {
  return new RegExp(`^${text.replaceAll(/[$()*+.?[\\\]^{|}]/gu, '\\$&')}`, 'u');
}

test('parseRuleFile() lists every problem of a file at once, in the order of the lines', () => {
  const text = [
    'foo: 1',
    'groups:',
    '- name: g',
    '  rules:',
    '  - alert: A',
    '    expr: sum(',
    '    for: 5 min',
    '    labels: {__name__: x, ok: "{{ nofunc }}"}',
    '  - expr: up',
    '- name: g',
  ].join('\n');
  expect(problemsOf(text).map((line) => line.split(' ')[1])).toEqual([
    '1:1:',
    '6:11:',
    '7:10:',
    '8:14:',
    '8:27:',
    '9:5:',
    '10:3:',
  ]);
});

test.for<[string, Uint8Array, string]>([
  [
    'bytes that are no UTF-8',
    Uint8Array.of(0x61, 0x0a, 0x62, 0xff),
    'ml.yaml: 2:2: Cannot read the file: it is not UTF-8',
  ],
  [
    'UTF-16 that ends inside a character',
    Uint8Array.of(0xff, 0xfe, 0x61, 0, 0x62),
    'ml.yaml: 1:1: Cannot read the file: it is not UTF-16LE',
  ],
  [
    'a control character',
    Uint8Array.of(0x61, 0x3a, 0x20, 0x07),
    'ml.yaml: 1:4: yaml: control characters are not allowed',
  ],
  [
    'binary data',
    Uint8Array.from({ length: 512 }, (_, index) => index % 256),
    'ml.yaml: 2:118: Cannot read the file: it is not UTF-8',
  ],
])('parseRuleFile() refuses %s', ([, bytes, expected]) => {
  expect(problemsOf(bytes)[0]?.startsWith(expected)).toBe(true);
});

test.for<[string, string]>([
  ['tabs', 'groups:\n\t- name: g'],
  ['an unclosed quote', 'groups: "abc'],
  ['an unclosed list', 'groups: [a'],
  ['prose', 'groups: this: is: prose'],
])('parseRuleFile() refuses what is no YAML: %s', ([, text]) => {
  expect(problemsOf(text)[0]).toMatch(/^ml\.yaml: \d+:\d+: yaml: /u);
});

test('parseRuleFile() refuses an alias bomb in bounded time', () => {
  const levels = Array.from({ length: 12 }, (_, level) => {
    const items =
      level === 0
        ? 'x'
        : Array(9)
            .fill(`*a${level - 1}`)
            .join(', ');
    return `a${level}: &a${level} [${items}]`;
  });
  const start = performance.now();
  const [problem] = problemsOf(`${levels.join('\n')}\ngroups: *a11\n`);
  expect(problem).toMatch(/excessive aliasing$/u);
  expect(performance.now() - start).toBeLessThan(10_000);
});

test('parseRuleFile() refuses deep nesting', () => {
  expect(problemsOf(`groups: ${'['.repeat(400)}${']'.repeat(400)}`)[0]).toMatch(/max depth/u);
});

test('parseRuleFile() reads 10,000 rules, and lists 10,000 problems, in bounded time', () => {
  const rules = (expr: string): string => {
    return Array.from({ length: 10_000 }, (_, index) => {
      return `  - alert: A${index}\n    expr: rate(foo{i="${index}"}[5m]) > ${expr}\n    labels: {severity: warning}\n    annotations: {summary: "{{ $value }}"}`;
    }).join('\n');
  };
  const head = 'groups:\n- name: g\n  rules:\n';
  const start = performance.now();
  expect(read(head + rules('1')).groups[0]?.rules.length).toBe(10_000);
  const problems = problemsOf(head + rules('('));
  expect(problems.length).toBe(1_001);
  expect(problems.at(-1)).toMatch(/and 9000 more problems$/u);
  expect(performance.now() - start).toBeLessThan(60_000);
});

test('parseRuleFile() answers any bytes with a file or with problems', () => {
  const isContained = (bytes: Uint8Array): boolean => {
    try {
      return parseRuleFile(bytes, OPTIONS).groups.length >= 0;
    } catch (error) {
      return error instanceof RuleFileError && error.problems.length > 0;
    }
  };
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), isContained), { numRuns: 500 });
  const words = [
    'groups:',
    '- ',
    'name: g',
    'rules:',
    'alert: A',
    'record: r',
    'expr: up',
    '\n',
    '\n  ',
    '\n- ',
    '\n  - ',
    '\n    ',
    ' ',
    '&a ',
    '*a',
    '<<: ',
    '{',
    '}',
    '[',
    ']',
    ',',
    '"',
    "'",
    '|',
    '>-',
    '#',
    '!!str ',
    '? ',
    ': ',
    '---\n',
    'for: 5m',
    'labels:',
    '{{ $x }}',
  ];
  const text = fc.array(fc.constantFrom(...words), { maxLength: 40 });
  const encode = (parts: readonly string[]): Uint8Array => new TextEncoder().encode(parts.join(''));
  fc.assert(
    fc.property(text, (parts) => isContained(encode(parts))),
    { numRuns: 3_000 },
  );
});
