import { expect, test } from 'vitest';

import { group, minutes, Timeline } from './timeline.ts';

// The cases of the alert generator specification, on a clock that the test moves.

test('an alert goes from pending to firing to resolved, and back', () => {
  const timeline = new Timeline({
    rules: group(['alert: High', 'expr: load > 10', 'for: 2m', 'labels: {severity: page}']),
    series: { 'load{host="a"}': '5 15x4 5x3 15x4' },
  });
  expect(timeline.changesAt(...minutes(12))).toEqual([
    '1m High pending condition_met',
    '3m High firing for_elapsed',
    '6m High inactive condition_cleared',
    '10m High pending condition_met',
    '12m High firing for_elapsed',
  ]);
  expect(timeline.active()).toEqual(['{alertname="High", host="a", severity="page"} firing']);
});

test('an alert that is pending for too short a time is forgotten, and one stays inactive', () => {
  const timeline = new Timeline({
    rules: group(
      ['alert: Short', 'expr: load > 10', 'for: 3m'],
      ['alert: Never', 'expr: load > 100', 'for: 0s'],
    ),
    series: { load: '5 15x1 5x10' },
  });
  expect(timeline.changesAt(...minutes(10))).toEqual([
    '1m Short pending condition_met',
    '3m Short forgotten condition_cleared',
  ]);
  expect(timeline.active()).toEqual([]);
});

test('for: 0 fires at once, a for below the interval at the next evaluation', () => {
  const timeline = new Timeline({
    rules: group(
      ['alert: Zero', 'expr: load > 10'],
      ['alert: Small', 'expr: load > 10', 'for: 10s'],
    ),
    series: { load: '5 15x3 5x3' },
  });
  expect(timeline.changesAt(...minutes(6))).toEqual([
    '1m Zero firing for_elapsed',
    '1m Small pending condition_met',
    '2m Small firing for_elapsed',
    '5m Zero inactive condition_cleared',
    '5m Small inactive condition_cleared',
  ]);
});

test('new series give new alerts beside those that fire', () => {
  const timeline = new Timeline({
    rules: group(['alert: High', 'expr: load > 10', 'for: 1m']),
    series: { 'load{host="a"}': '15x10', 'load{host="b"}': '_x3 15x7' },
  });
  expect(timeline.changesAt(...minutes(5))).toEqual([
    '0 High pending condition_met',
    '1m High firing for_elapsed',
    '3m High pending condition_met',
    '4m High firing for_elapsed',
  ]);
});

test('rules run in order: later ones see what earlier ones wrote in the same evaluation', () => {
  const timeline = new Timeline({
    rules: group(
      ['record: load:double', 'expr: 2 * load', 'labels: {from: rule}'],
      ['alert: High', 'expr: load:double > 10'],
      ['alert: Followed', 'expr: ALERTS{alertname="High", alertstate="firing"}'],
    ),
    series: { load: '4 6x5' },
  });
  expect(timeline.changesAt('0', '1m')).toEqual([
    '1m High firing for_elapsed',
    '1m Followed firing for_elapsed',
  ]);
  expect(timeline.active()).toEqual([
    '{alertname="Followed", alertstate="firing", from="rule"} firing',
    '{alertname="High", from="rule"} firing',
  ]);
});

test('keep_firing_for keeps an alert firing, and a return of the condition starts it over', () => {
  const timeline = new Timeline({
    rules: group(['alert: High', 'expr: load > 10', 'keep_firing_for: 3m']),
    series: { load: '15 5x1 15 5x9' },
  });
  expect(timeline.changesAt(...minutes(10))).toEqual([
    '0 High firing for_elapsed',
    '7m High inactive keep_firing_elapsed',
  ]);
});

test('a resolved alert is kept for 15 minutes', () => {
  const timeline = new Timeline({
    rules: group(['alert: High', 'expr: load > 10']),
    series: { load: '15 5x60' },
  });
  timeline.changesAt(...minutes(16));
  expect(timeline.groups[0]?.alerts().map(({ status }) => status)).toEqual(['inactive']);
  timeline.evaluate('17m');
  expect(timeline.groups[0]?.alerts()).toEqual([]);
});

test('ALERTS and ALERTS_FOR_STATE are written while an alert is active and end with it', () => {
  const timeline = new Timeline({
    rules: group(['alert: High', 'expr: load > 10', 'for: 1m']),
    series: { load: '5 15x1 5x5' },
  });
  timeline.changesAt('0', '1m');
  expect(timeline.query('{__name__=~"ALERTS.*"}', '1m')).toEqual([
    '{__name__="ALERTS", alertname="High", alertstate="pending"} 1',
    '{__name__="ALERTS_FOR_STATE", alertname="High"} 60',
  ]);
  timeline.evaluate('2m');
  // The pending series ended in the same evaluation, not after the lookback.
  expect(timeline.query('ALERTS', '2m')).toEqual([
    '{__name__="ALERTS", alertname="High", alertstate="firing"} 1',
  ]);
  timeline.evaluate('3m');
  expect(timeline.query('{__name__=~"ALERTS.*"}', '3m')).toEqual([]);
});

test('a recorded series goes stale when its result is gone', () => {
  const timeline = new Timeline({
    rules: group(['record: high', 'expr: load > 10']),
    series: { 'load{host="a"}': '15x1 5x5', 'load{host="b"}': '15x10' },
  });
  timeline.changesAt('0', '1m');
  expect(timeline.query('high', '1m')).toEqual([
    '{__name__="high", host="a"} 15',
    '{__name__="high", host="b"} 15',
  ]);
  timeline.evaluate('2m');
  expect(timeline.query('high', '2m')).toEqual(['{__name__="high", host="b"} 15']);
});

test('query_offset moves the query and the output back', () => {
  const timeline = new Timeline({
    rules: 'groups:\n- name: g\n  query_offset: 2m\n  rules:\n  - record: copy\n    expr: load\n',
    series: { load: '0+1x10' },
  });
  timeline.evaluate('5m');
  expect(timeline.query('timestamp(copy)', '5m')).toEqual(['{} 180']);
  expect(timeline.query('copy', '5m')).toEqual(['{__name__="copy"} 3']);
});

test('an error leaves the state of its rule alone and does not stop the group', () => {
  const timeline = new Timeline({
    rules: group(
      ['alert: High', 'expr: load > 10 and on () (a / on (job) b > 0 or vector(1))'],
      ['record: next', 'expr: load'],
    ),
    series: {
      load: '15x10',
      'b{job="x", i="1"}': '_x2 1x3 _x9',
      'b{job="x", i="2"}': '_x2 1x3 stale',
      'a{job="x"}': '1x20',
    },
  });
  timeline.changesAt('0', '1m');
  const [evaluation] = timeline.evaluate('3m');
  expect(evaluation?.errors.map(({ rule }) => rule)).toEqual(['High']);
  expect(timeline.active()).toEqual(['{alertname="High"} firing']);
  expect(timeline.query('next', '3m')).toEqual(['{__name__="next"} 15']);
  const [high, next] = timeline.groups[0]?.rules ?? [];
  expect([high?.health, next?.health]).toEqual(['err', 'ok']);
  expect(high?.lastError).toMatch(/found duplicate series for the match group/u);
});

test('two elements with equal final labels are an error', () => {
  const timeline = new Timeline({
    rules: group(
      ['alert: High', 'expr: load > 10', "labels: {host: ''}"],
      ['record: r', 'expr: load', 'labels: {host: one}'],
    ),
    series: { 'load{host="a"}': '15x5', 'load{host="b"}': '15x5' },
  });
  expect(timeline.evaluate('1m')[0]?.errors).toEqual([
    {
      rule: 'High',
      error: 'vector contains metrics with the same labelset after applying alert labels',
    },
    {
      rule: 'r',
      error: 'vector contains metrics with the same labelset after applying rule labels',
    },
  ]);
});

test('a rule over its limit fails and forgets its alerts, without ending their series', () => {
  const timeline = new Timeline({
    rules:
      'groups:\n- name: g\n  limit: 1\n  rules:\n  - alert: High\n    expr: load > 10\n  - record: r\n    expr: load\n',
    series: { 'load{host="a"}': '15x10', 'load{host="b"}': '_ 15x10' },
  });
  timeline.evaluate('0');
  const [evaluation] = timeline.evaluate('1m');
  expect(evaluation?.errors).toEqual([
    { rule: 'High', error: 'exceeded limit of 1 with 2 alerts' },
    { rule: 'r', error: 'exceeded limit of 1 with 2 series' },
  ]);
  expect(evaluation?.changes.map(({ to, reason }) => [to, reason])).toEqual([
    [undefined, 'limit_exceeded'],
  ]);
  expect(timeline.active()).toEqual([]);
  expect(timeline.query('ALERTS', '1m')).toEqual([
    '{__name__="ALERTS", alertname="High", alertstate="firing", host="a"} 1',
  ]);
});

test('a scalar is one element; a string and a range vector are errors', () => {
  const timeline = new Timeline({
    rules: group(
      ['record: one', 'expr: "1"'],
      ['record: text', 'expr: \'"text"\''],
      ['record: range', 'expr: load[5m]'],
    ),
    series: { load: '1x5' },
  });
  expect(timeline.evaluate('1m')[0]?.errors).toEqual([
    { rule: 'text', error: 'rule result is not a vector or scalar' },
    { rule: 'range', error: 'rule result is not a vector or scalar' },
  ]);
  expect(timeline.query('one', '1m')).toEqual(['{__name__="one"} 1']);
});

test('labels and annotations are expanded again at every evaluation', () => {
  const timeline = new Timeline({
    rules: group([
      'alert: High',
      'expr: load{host="a"} > 10',
      'labels: {level: "{{ if gt $value 20.0 }}top{{ else }}high{{ end }}", region: "{{ $externalLabels.region }}"}',
      'annotations:',
      '  value: "{{ $value }} of {{ $labels.__name__ }} at {{ $externalURL }}"',
      '  others: "{{ range query \\"load\\" | sortByLabel \\"host\\" }}{{ .Labels.host }}={{ .Value }} {{ end }}"',
      '  broken: "{{ first (query \\"nope\\") }}"',
    ]),
    series: { 'load{host="a"}': '15 25', 'load{host="b"}': '1 2' },
  });
  timeline.evaluate('0');
  const annotations = (): unknown =>
    timeline.groups[0]
      ?.alerts()
      .map((alert) => [alert.status, alert.labels.get('level'), alert.annotations]);
  const broken =
    '<error expanding template: error executing template __alert_High: template: __alert_High:1:115: executing "__alert_High" at <first (query "nope")>: error calling first: first() called on vector with no elements>';
  expect(annotations()).toEqual([
    [
      'firing',
      'high',
      { value: '15 of load at http://alerts.example', others: 'a=15 b=1 ', broken },
    ],
  ]);
  timeline.evaluate('1m');
  expect(annotations()).toEqual([
    [
      'inactive',
      'high',
      { value: '15 of load at http://alerts.example', others: 'a=15 b=1 ', broken },
    ],
    [
      'firing',
      'top',
      { value: '25 of load at http://alerts.example', others: 'a=25 b=2 ', broken },
    ],
  ]);
});

test('a rule remembers its last 20 evaluations, newest first', () => {
  const timeline = new Timeline({
    rules: group(['record: r', 'expr: load']),
    series: { load: '1x60' },
  });
  timeline.changesAt(...minutes(30));
  const [rule] = timeline.groups[0]?.rules ?? [];
  expect(rule?.evaluations.length).toBe(20);
  expect(rule?.evaluations[0]).toEqual({ timeMs: 1_800_000, durationMs: 0, samples: 1 });
});
