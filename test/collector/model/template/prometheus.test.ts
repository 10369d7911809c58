import { expect, test } from 'vitest';

import { Labels } from '../../../../collector/src/model/labels.ts';
import {
  PROMETHEUS_FUNCTION_NAMES,
  prometheusFunctions,
} from '../../../../collector/src/model/template/functions/prometheus.ts';
import type { QuerySample } from '../../../../collector/src/model/template/functions/query.ts';
import {
  executeTemplate,
  parseTemplate,
} from '../../../../collector/src/model/template/template.ts';
import { type ObjectValue, stringMap } from '../../../../collector/src/model/template/value.ts';

const SERIES: readonly QuerySample[] = [
  { labels: Labels.of({ __name__: 'up', job: 'b', __value__: 'v' }), value: 1 },
  { labels: Labels.of({ __name__: 'up', job: 'a' }), value: 2 },
];

function expand(text: string, value = 15): string {
  const functions = prometheusFunctions({
    query: (expr) => {
      if (expr === 'broken(') throw new Error('1:8: parse error: unclosed left parenthesis');
      return expr === 'up' ? SERIES : [];
    },
    nowMs: 1_435_065_584_128,
    externalUrl: 'http://alerts.example:9465/base/',
  });
  const data: ObjectValue = {
    kind: 'object',
    typeName: 'data',
    fields: { Labels: stringMap({ __name__: 'm', v: '15' }), Value: value },
  };
  const defined = `{{$labels := .Labels}}{{$value := .Value}}${text}`;
  const template = parseTemplate(defined, { name: 't', functions: PROMETHEUS_FUNCTION_NAMES });
  return executeTemplate(template, data, { functions });
}

// One row a value: `$value`, humanize, humanize1024, humanizeDuration, humanizePercentage.
test.for<[number, ...string[]]>([
  [0, '0', '0', '0', '0s', '0%'],
  [0.00012345, '0.00012345', '123.4u', '0.0001234', '123.4us', '0.01234%'],
  [1e-5, '1e-05', '10u', '1e-05', '10us', '0.001%'],
  [59.5, '59.5', '59.5', '59.5', '59.5s', '5950%'],
  [3661.5, '3661.5', '3.662k', '3.576ki', '1h 1m 1s', '3.662e+05%'],
  [12345, '12345', '12.35k', '12.06ki', '3h 25m 45s', '1.234e+06%'],
  [90061, '90061', '90.06k', '87.95ki', '1d 1h 1m 1s', '9.006e+06%'],
  [1048576, '1.048576e+06', '1.049M', '1Mi', '12d 3h 16m 16s', '1.049e+08%'],
  [-1500, '-1500', '-1.5k', '-1.465ki', '-25m 0s', '-1.5e+05%'],
  [Number.POSITIVE_INFINITY, '+Inf', '+Inf', '+Inf', '+Inf', '+Inf%'],
  [Number.NaN, 'NaN', 'NaN', 'NaN', 'NaN', 'NaN%'],
])('humanize functions of %d', ([value, ...expected]) => {
  const names = ['', 'humanize', 'humanize1024', 'humanizeDuration', 'humanizePercentage'];
  expect(names.map((name) => expand(`{{ ${name} $value }}`, value))).toEqual(expected);
});

test.for<[string, string, ...string[]]>([
  ['{{ $labels }}', 'map[__name__:m v:15]'],
  ['[{{ $labels.nope }}]', '[]'],
  ['{{ $value | printf "%d" }}', '%!d(float64=15)'],
  ['{{ if gt $value 5.0 }}yes{{ end }}', 'yes'],
  ['{{ stripPort "[::1]:80" }} {{ stripPort "a:1:2" }} {{ stripPort "h:80" }}', '::1 a:1:2 h'],
  ['{{ stripDomain "a.b.c" }} {{ stripDomain "a.b:80" }}', 'a a:80'],
  ['{{ stripDomain "1.2.3.4:80" }} {{ stripDomain "::1" }}', '1.2.3.4:80 ::1'],
  ['{{ parseDuration "1h30m" }} {{ parseDuration "-5m" }}', '5400 -300'],
  ['{{ humanizeDuration "90" }}', '1m 30s'],
  ['{{ humanizeTimestamp 1435065584.128 }}', '2015-06-23 13:19:44.128 +0000 UTC'],
  ['{{ tableLink "up == 1" }}', '/graph?g0.expr=up+%3D%3D+1&g0.tab=1'],
  ['{{ graphLink "up" }}', '/graph?g0.expr=up&g0.tab=0'],
  ['{{ (first (query "up")).Value }} {{ query "up" | first | label "job" }}', '1 b'],
  ['{{ query "up" | first | value }} {{ query "up" | first | strvalue }}', '1 v'],
  [
    '{{ range query "up" | sortByLabel "job" }}{{ .Labels.job }}={{ .Value }} {{ end }}',
    'a=2 b=1 ',
  ],
  ['{{ with query "nope" }}some{{ else }}none{{ end }}', 'none'],
  [
    '{{ now }} {{ externalURL }} {{ pathPrefix }}',
    '1.435065584128e+09 http://alerts.example:9465/base/ /base',
  ],
  ['{{ (toTime 0).Year }} {{ toTime 1.5 }}', '1970 1970-01-01 00:00:01.5 +0000 UTC'],
  [
    '{{ (toTime 1435065584).Format "Mon, 02 Jan 2006 15:04:05 -0700" }}',
    'Tue, 23 Jun 2015 13:19:44 +0000',
  ],
  ['{{ toDuration 90.5 }} {{ (toDuration 5400).Hours }}', '1m30.5s 1.5'],
  [
    '{{ title "hello big-world o\'neil" }} {{ toUpper "é" }} {{ toLower "ÀB" }}',
    "Hello Big-World O'neil É àb",
  ],
  ['{{ safeHtml "<b>" }} {{ urlQueryEscape "a b" }}', '<b> a+b'],
  ['{{ define "x" }}{{ .arg0 }}/{{ .arg1 }}{{ end }}{{ template "x" (args 1 "b") }}', '1/b'],
])('%s expands to %j', ([text, expected]) => {
  expect(expand(text)).toBe(expected);
});

test.for<[string, string, ...string[]]>([
  ['{{ if gt $value 5 }}{{ end }}', 'incompatible types for comparison'],
  ['{{ first (query "nope") }}', 'error calling first: first() called on vector with no elements'],
  ['{{ query "broken(" }}', 'error calling query: 1:8: parse error: unclosed left parenthesis'],
  ['{{ humanize "x" }}', 'strconv.ParseFloat: parsing "x": invalid syntax'],
  ['{{ humanize true }}', "can't convert bool to float"],
  ['{{ toTime 1e300 }}', 'cannot be represented as a nanoseconds timestamp'],
  ['{{ nil }}', 'nil is not a command'],
  ['{{ reReplaceAll "[" "" "" }}', 'error calling reReplaceAll: regexp: Compile'],
  ['{{ tmpl "x" . }}', 'function "tmpl" not defined'],
])('%s fails with %s', ([text, message]) => {
  expect(() => expand(text)).toThrow(message);
});

test.for<[string, string, ...string[]]>([
  ['a loop without end', '{{ range 1000000000 }}{{ end }}', 'limit of 200000 steps'],
  [
    'nested loops',
    '{{ range 100000 }}{{ range 100000 }}{{ end }}{{ end }}',
    'limit of 200000 steps',
  ],
  [
    'recursion',
    '{{ define "R" }}{{ template "R" }}{{ end }}{{ template "R" }}',
    'maximum template depth (100)',
  ],
  [
    'wide output',
    '{{ range 100000 }}0123456789012345678901234567890123456789{{ end }}',
    'output characters',
  ],
  [
    'a text that doubles',
    '{{ $s := "ab" }}{{ range 40 }}{{ $s = print $s $s }}{{ end }}',
    'exceeds 1048576 characters',
  ],
  [
    'a map that doubles',
    '{{ $m := 1 }}{{ range 40 }}{{ $m = args $m $m }}{{ end }}{{ $m }}',
    'exceeds 100000 elements',
  ],
  ['padding', '{{ printf "%999999d%999999d" 1 1 }}', 'exceeds 1048576 characters'],
  ['many queries', '{{ range 1000 }}{{ query "up" }}{{ end }}', 'limit of 200000 steps'],
  [
    'replacements of replacements',
    '{{ $s := "a" }}{{ range 30 }}{{ $s = reReplaceAll "a" "aaaaaaaa" $s }}{{ end }}',
    'exceeds 1048576 characters',
  ],
])('a hostile template ends: %s', ([, text, message]) => {
  const start = performance.now();
  expect(() => expand(text)).toThrow(message);
  expect(performance.now() - start).toBeLessThan(5_000);
});

test('nesting beyond the limit is refused by the parser', () => {
  const deep = `${'('.repeat(5_000)}1${')'.repeat(5_000)}`;
  expect(() => expand(`{{ ${deep} }}`)).toThrow('max expression depth exceeded');
  expect(() => expand('{{ if 1 }}'.repeat(5_000))).toThrow('max expression depth exceeded');
});

test('templates inside templates inside blocks end before the call stack does', () => {
  const open = '{{ if true }}'.repeat(200);
  const close = '{{ end }}'.repeat(200);
  const text = `{{ define "R" }}${open}{{ template "R" }}${close}{{ end }}{{ template "R" }}`;
  expect(() => expand(text)).toThrow('nested blocks');
});
