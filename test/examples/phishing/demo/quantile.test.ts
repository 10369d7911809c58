import { describe, expect, test } from 'vitest';

import { parsePrometheusPage } from '../../../../examples/phishing/demo/prometheus-page.ts';
import { buckets, histogramQuantile } from '../../../../examples/phishing/demo/quantile.ts';

const PAGE = `d_bucket{m="a",le="0.1"} 10
d_bucket{m="a",le="0.2"} 90
d_bucket{m="a",le="+Inf"} 100
d_bucket{m="b",le="+Inf"} 100
d_bucket{m="b",le="0.1"} 0
d_bucket{m="b",le="0.2"} 90
d_count{m="a"} 100
`;

test('buckets() adds the series bucket by bucket, in the order of bounds', () => {
  expect(buckets(parsePrometheusPage(PAGE), 'd')).toEqual([
    { upperBound: 0.1, count: 10 },
    { upperBound: 0.2, count: 180 },
    { upperBound: Number.POSITIVE_INFINITY, count: 200 },
  ]);
});

describe('histogramQuantile()', () => {
  const histogram = [
    { upperBound: 1, count: 10 },
    { upperBound: 2, count: 10 },
    { upperBound: 4, count: 90 },
    { upperBound: Number.POSITIVE_INFINITY, count: 100 },
  ];

  test.for([
    ['inside the first bucket, from 0', 0.05, 0.5],
    ['at a bound', 0.1, 1],
    ['inside a later bucket', 0.5, 3],
    ['at the last finite bound', 0.9, 4],
    ['above every finite bound', 0.99, 4],
  ] as const)('%s', ([, q, expected]) => {
    expect(histogramQuantile(q, histogram)).toBeCloseTo(expected, 12);
  });

  test('is undefined when nothing was recorded', () => {
    expect(histogramQuantile(0.5, [])).toBeUndefined();
    expect(histogramQuantile(0.5, [{ upperBound: 1, count: 0 }])).toBeUndefined();
  });
});
