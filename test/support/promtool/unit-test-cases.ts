/** The rules that the unit-test files below name as `rules.yaml`. */
export const RULES = `groups:
- name: g
  rules:
  - record: load:double
    expr: 2 * load
  - alert: High
    expr: load > 10
    for: 2m
    keep_firing_for: 2m
    labels: {severity: "{{ if gt $value 20.0 }}page{{ else }}ticket{{ end }}"}
    annotations:
      value: '{{ $value }} {{ $value | humanize }} {{ printf "%.2f" $value }} {{ $labels }}'
      others: '{{ range query "load" | sortByLabel "host" }}{{ .Labels.host }}={{ .Value }} {{ end }}'
      broken: '{{ first (query "nope") }}'
      bad: '{{ query "sum(" }}'
      compare: '{{ if gt $value 5 }}{{ end }}'
      external: '{{ $externalLabels.region }} {{ $externalURL }}'
  - alert: Chained
    expr: ALERTS{alertname="High", alertstate="firing"} == 1
- name: second
  rules:
  - alert: OnRecorded
    expr: load:double > 20
`;

/** Rules that load and fail when they are evaluated. */
export const FAILING_RULES = `groups:
- name: g
  rules:
  - alert: Many
    expr: a / on () b
`;

/** What `High` shows at the fifth minute of the series below. */
const HIGH = `
      - exp_labels: {severity: ticket, host: a}
        exp_annotations:
          value: '15 15 15.00 map[__name__:load host:a]'
          others: 'a=15 '
          broken: '<error expanding template: error executing template __alert_High: template: __alert_High:1:115: executing "__alert_High" at <first (query "nope")>: error calling first: first() called on vector with no elements>'
          bad: '<error expanding template: error executing template __alert_High: template: __alert_High:1:115: executing "__alert_High" at <query "sum(">: error calling query: 1:5: parse error: unclosed left parenthesis>'
          compare: '<error expanding template: error executing template __alert_High: template: __alert_High:1:118: executing "__alert_High" at <gt $value 5>: error calling gt: incompatible types for comparison: float64 and int>'
          external: 'eu http://p.example'`;

const LOAD = `
    external_labels: {region: eu}
    external_url: http://p.example
    input_series:
    - series: 'load{host="a"}'
      values: '5 15x20'`;

function file(...tests: readonly string[]): string {
  const list = tests.map((lines) => `  - interval: 1m${lines.replaceAll('\n', '\n')}`).join('\n');
  return `rule_files: [rules.yaml]\nevaluation_interval: 1m\ntests:\n${list}\n`;
}

function alertTest(evalTime: string, expected: string, alert = 'High'): string {
  return `
    alert_rule_test:
    - eval_time: ${evalTime}
      alertname: ${alert}
      exp_alerts:${expected === '' ? ' []' : expected}`;
}

function exprTest(expr: string, evalTime: string, samples: string): string {
  return `
    promql_expr_test:
    - expr: ${expr}
      eval_time: ${evalTime}
      exp_samples: ${samples}`;
}

/** Unit-test files that pass, fail or are broken; the reference program says which is which. */
export const UNIT_TEST_CASES: readonly (readonly [name: string, content: string])[] = [
  ['a firing alert with every annotation', file(LOAD + alertTest('5m', HIGH))],
  ['an alert that is still pending', file(LOAD + alertTest('2m', ''))],
  ['an alert expected too early', file(LOAD + alertTest('2m', HIGH))],
  [
    'a missing annotation',
    file(LOAD + alertTest('5m', '\n      - exp_labels: {severity: ticket, host: a}')),
  ],
  ['an alert expected to be quiet', file(LOAD + alertTest('5m', ''))],
  ['an evaluation time between evaluations', file(LOAD + alertTest('5m30s', HIGH))],
  [
    'an alert on the alerts',
    file(
      `${LOAD}${alertTest('5m', '\n      - exp_labels: {severity: ticket, host: a, alertstate: firing}', 'Chained')}`,
    ),
  ],
  [
    'an alert on what another group recorded',
    file(`${LOAD}${alertTest('5m', '\n      - exp_labels: {host: a}', 'OnRecorded')}`),
  ],
  ['an alert that no rule has', file(LOAD + alertTest('5m', '', 'Absent'))],
  ['no alertname', file(`${LOAD}\n    alert_rule_test:\n    - eval_time: 1m`)],
  [
    'keep_firing_for',
    file(
      `\n    input_series:\n    - series: load\n      values: '15x4 5x20'${alertTest('6m', '')}`,
    ),
  ],
  [
    'after keep_firing_for',
    file(
      `\n    input_series:\n    - series: load\n      values: '15x4 5x20'${alertTest('7m', '')}`,
    ),
  ],
  [
    'an expression',
    file(LOAD + exprTest('load:double', '5m', `[{labels: 'load:double{host="a"}', value: 30}]`)),
  ],
  [
    'an expression with another value',
    file(LOAD + exprTest('load:double', '5m', `[{labels: 'load:double{host="a"}', value: 31}]`)),
  ],
  [
    'an expression with other labels',
    file(LOAD + exprTest('load:double', '5m', `[{labels: 'load:double', value: 30}]`)),
  ],
  ['an expression without result', file(LOAD + exprTest('nope', '5m', '[]'))],
  ['an expression with a surplus sample', file(LOAD + exprTest('load', '5m', '[]'))],
  ['a scalar', file(LOAD + exprTest('1 + 1', '5m', `[{labels: '{}', value: 2}]`))],
  ['a scalar without labels', file(LOAD + exprTest('1 + 1', '5m', '[{value: 2}]'))],
  ['a range vector', file(LOAD + exprTest('load[5m]', '5m', '[]'))],
  ['an expression that does not parse', file(LOAD + exprTest('sum(', '5m', '[]'))],
  [
    'labels that do not parse',
    file(LOAD + exprTest('load', '5m', `[{labels: 'load{', value: 1}]`)),
  ],
  ['NaN', file(LOAD + exprTest('0 / 0', '5m', `[{labels: '{}', value: .nan}]`))],
  ['NaN without its dot', file(LOAD + exprTest('0 / 0', '5m', `[{labels: '{}', value: NaN}]`))],
  ['an infinity', file(LOAD + exprTest('1 / 0', '5m', `[{labels: '{}', value: .inf}]`))],
  ['an exponent', file(LOAD + exprTest('1e6', '5m', `[{labels: '{}', value: 1e6}]`))],
  ['a hexadecimal value', file(LOAD + exprTest('16', '5m', `[{labels: '{}', value: 0x10}]`))],
  [
    'a subquery without a step',
    file(
      LOAD + exprTest('count_over_time(load[5m:])', '10m', `[{labels: '{host="a"}', value: 5}]`),
    ),
  ],
  ['the future', file(LOAD + exprTest('load offset -5m', '1m', '[]'))],
  [
    'a native histogram',
    file(`
    input_series:
    - series: h
      values: '{{schema:0 count:3 sum:5 buckets:[1 2]}}x5'${exprTest('h', '1m', `[{labels: h, histogram: '{{schema:0 count:3 sum:5 buckets:[1 2]}}'}]`)}`),
  ],
  [
    'another native histogram',
    file(`
    input_series:
    - series: h
      values: '{{schema:0 count:3 sum:5 buckets:[1 2]}}x5'${exprTest('h', '1m', `[{labels: h, histogram: '{{schema:0 count:3 sum:5 buckets:[2 1]}}'}]`)}`),
  ],
  [
    'stale and missing samples',
    file(`
    input_series:
    - series: load
      values: '15 stale _x3 20'${exprTest('load', '3m', '[]')}`),
  ],
  ['a bad series', file(`\n    input_series:\n    - series: 'load{host="a"'\n      values: '1'`)],
  ['bad values', file(`\n    input_series:\n    - series: load\n      values: '1 two'`)],
  ['a duration of five spaces', file(LOAD + alertTest("'5 m'", ''))],
  [
    'a start time in seconds',
    file(
      `\n    start_timestamp: 1700000000${LOAD}${exprTest('time()', '5m', `[{labels: '{}', value: 1700000300}]`)}`,
    ),
  ],
  [
    'a start time in words',
    file(`\n    start_timestamp: '2026-01-02T03:04:05Z'${LOAD}${alertTest('5m', HIGH)}`),
  ],
  ['a bad start time', file(`\n    start_timestamp: yesterday${LOAD}`)],
  ['neighbouring floats', file(LOAD + exprTest('0.1 + 0.2', '1m', `[{labels: '{}', value: 0.3}]`))],
  [
    'neighbouring floats, compared fuzzily',
    `fuzzy_compare: true\n${file(LOAD + exprTest('0.1 + 0.2', '1m', `[{labels: '{}', value: 0.3}]`))}`,
  ],
  ['an order of groups', `group_eval_order: [second, g]\n${file(LOAD + alertTest('5m', HIGH))}`],
  [
    'a repeated group in the order',
    `group_eval_order: [g, g]\n${file(LOAD + alertTest('5m', HIGH))}`,
  ],
  ['an unknown key at the top', `foo: 1\n${file(LOAD)}`],
  ['an unknown key of a test', file(`${LOAD}\n    foo: 1`)],
  ['an unknown key of an expectation', file(LOAD + exprTest('load', '5m', '[{foo: 1}]'))],
  ['no tests', 'rule_files: [rules.yaml]\n'],
  ['an empty file', ''],
  [
    'a pattern that matches',
    `rule_files: ['r*.yaml']\nevaluation_interval: 1m\ntests:\n  - interval: 1m${LOAD}${alertTest('5m', HIGH)}\n`,
  ],
  [
    'a pattern that matches nothing',
    `rule_files: ['nope*.yaml']\ntests:\n  - interval: 1m${LOAD}${alertTest('5m', '')}\n`,
  ],
  [
    'a rule file that does not load',
    `rule_files: [broken.yaml]\ntests:\n  - interval: 1m${LOAD}\n`,
  ],
  [
    'a rule that fails',
    `rule_files: [failing.yaml]\ntests:\n  - interval: 1m\n    input_series:\n    - {series: 'a{i="1"}', values: 1x5}\n    - {series: 'b{i="1"}', values: 1x5}\n    - {series: 'b{i="2"}', values: 1x5}${alertTest('2m', '', 'Many')}\n`,
  ],
  [
    'another evaluation interval',
    `rule_files: [rules.yaml]\nevaluation_interval: 30s\ntests:\n  - interval: 1m${LOAD}${alertTest('3m30s', HIGH)}\n`,
  ],
  [
    'no interval',
    `rule_files: [rules.yaml]\ntests:\n  - ${LOAD.trim().replaceAll('\n', '\n')}${alertTest('5m', HIGH)}\n`,
  ],
  [
    'a template of series that repeat',
    file(`
    input_series:
    - {series: load, values: 1x10}
    - {series: load, values: 15x10}${exprTest('load', '1m', '[{labels: load, value: 15}]')}`),
  ],
  ['prose', 'this: is: prose\n'],
];
