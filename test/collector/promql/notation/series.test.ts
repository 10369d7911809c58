import { expect, test } from 'vitest';

import { formatHistogramNotation } from '../../../../collector/src/model/histogram/format.ts';
import type { SequenceValue } from '../../../../collector/src/promql/notation/series.ts';
import { parseSequence, parseSeries } from '../../../../collector/src/promql/notation/series.ts';
import { parseStartTimeLine, parseStartTimes } from '../../../support/promqltest/start-times.ts';

function show(value: SequenceValue): string {
  if (value.kind === 'float') return String(value.value);
  return value.kind === 'histogram' ? formatHistogramNotation(value.histogram) : value.kind;
}

test.for([
  ['', []],
  ['1 -2 .5 1e3', ['1', '-2', '0.5', '1000']],
  ['1x3', ['1', '1', '1', '1']],
  ['1+2x3', ['1', '3', '5', '7']],
  ['5-1.5x2', ['5', '3.5', '2']],
  ['-1-1x1', ['-1', '-2']],
  ['_ _x2 stale', ['omitted', 'omitted', 'omitted', 'stale']],
  ['NaN Inf -Inf +Inf', ['NaN', 'Infinity', '-Infinity', 'Infinity']],
  ['0+0.1x3', ['0', '0.1', '0.2', '0.30000000000000004']],
  [
    '{{count:1 buckets:[1]}}+{{count:1 buckets:[1]}}x1 2',
    ['{{count:1 buckets:[1]}}', '{{count:2 buckets:[2]}}', '2'],
  ],
  [
    '{{schema:1 sum:3 count:22 z_bucket:1 z_bucket_w:.5 buckets:[5 10 6] offset:-3}}x1',
    [
      '{{schema:1 count:22 sum:3 z_bucket:1 z_bucket_w:0.5 offset:-3 buckets:[5 10 6]}}',
      '{{schema:1 count:22 sum:3 z_bucket:1 z_bucket_w:0.5 offset:-3 buckets:[5 10 6]}}',
    ],
  ],
  ['{{}}', ['{{}}']],
] as const)('parseSequence() reads "%s"', ([text, expected]) => {
  expect(parseSequence(text).map(show)).toEqual(expected);
});

test.for([
  ['up 1', { __name__: 'up' }],
  ['up{} 1', { __name__: 'up' }],
  ['{a="b"} 1', { a: 'b' }],
  ['up{a="b", c=\'d"\', } 1', { __name__: 'up', a: 'b', c: 'd"' }],
  ['{"a.b", "l.x"="y\\n"} 1', { __name__: 'a.b', 'l.x': 'y\n' }],
  ['ns:up{a=`b\\n`} 1', { __name__: 'ns:up', a: 'b\\n' }],
] as const)('parseSeries() reads the labels of %s', ([text, labels]) => {
  const series = parseSeries(text);
  expect([series.labels.toRecord(), series.values.map(show)]).toEqual([labels, ['1']]);
});

test.for([
  ['up 1 two', 'Cannot read series value "two"'],
  ['up{a=b} 1', 'expected a quoted label value'],
  ['up{a="b" c="d"} 1', 'expected "," or "}"'],
  ['= 1', 'expected a metric name or "{"'],
  ['up 1x', 'Cannot read series value "1x"'],
  ['up 1x9999999999', 'more than 1000000 values'],
  ['up {{count:x}}', 'Cannot read number "x" of a series'],
  ['up {{nope:1}}', 'Cannot read "nope:1" of a histogram'],
  ['up {{count:1', 'Cannot read series value'],
  ['up {{schema:1}}+{{schema:0}}x2', 'cannot merge from schema 0 to 1'],
  ['up {{}}+{{schema:-53}}x2', 'cannot merge from schema -53 to 0'],
] as const)('parseSeries() refuses %s', ([text, message]) => {
  expect(() => parseSeries(text)).toThrow(message);
});

test('parseStartTimes() reads durations relative to samples', () => {
  expect(parseStartTimes('_ -1m 0s 30s-10sx2 _x2 -5sx1')).toEqual([
    undefined,
    -60_000,
    0,
    30_000,
    20_000,
    10_000,
    undefined,
    undefined,
    -5000,
    -5000,
  ]);
  expect(() => parseStartTimes('1')).toThrow('not a valid duration string');
});

test('parseStartTimeLine() tells start timestamps from samples', () => {
  expect(parseStartTimeLine('up{a="b"} 1')).toBeUndefined();
  const line = parseStartTimeLine('up{a="b"}@st -1m _');
  expect([line?.labels.toRecord(), line?.startTimes]).toEqual([
    { __name__: 'up', a: 'b' },
    [-60_000, undefined],
  ]);
});
