import { expect, test } from 'vitest';

import { LiveCheck } from '../support/stack/live-check.ts';

const scope = { name: '@telltale/instrumentation-onnxruntime' };
const metric = (change: object) => ({
  resourceMetrics: [
    {
      scopeMetrics: [
        {
          scope,
          metrics: [
            {
              name: 'ml.cache.requests',
              unit: '{request}',
              sum: {
                isMonotonic: true,
                dataPoints: [
                  {
                    attributes: [
                      { key: 'ml.cache.name', value: { stringValue: 'answers' } },
                      { key: 'ml.cache.result', value: { stringValue: 'hit' } },
                    ],
                  },
                ],
              },
              ...change,
            },
          ],
        },
      ],
    },
  ],
});

const findings = (change: object): readonly string[] => {
  const check = new LiveCheck();
  check.add(metric(change));
  return [...check.findings];
};

test('what is declared has no findings, and counts as emitted', () => {
  const check = new LiveCheck();
  check.add(metric({}));
  expect([...check.findings]).toEqual([]);
  expect(check.neverEmitted()).not.toContain('metric ml.cache.requests');
  expect(check.neverEmitted()).toContain('metric ml.cache.size');
});

test.for([
  [{ name: 'ml.cache.nothing' }, 'metric ml.cache.nothing: not declared'],
  [{ unit: 's' }, 'metric ml.cache.requests: unit s, declared {request}'],
  [{ sum: undefined, gauge: {} }, 'metric ml.cache.requests: a gauge, declared counter'],
  [{ sum: { isMonotonic: false } }, 'metric ml.cache.requests: a updowncounter, declared counter'],
  [
    { sum: { isMonotonic: true, dataPoints: [{ attributes: [{ key: 'x', value: {} }] }] } },
    'metric ml.cache.requests: attribute x is not declared',
  ],
  [
    {
      sum: {
        isMonotonic: true,
        dataPoints: [{ attributes: [{ key: 'ml.cache.result', value: { stringValue: 'maybe' } }] }],
      },
    },
    'metric ml.cache.requests: ml.cache.result has a value that is not declared: maybe',
  ],
  [
    {
      sum: {
        isMonotonic: true,
        dataPoints: [{ attributes: [{ key: 'ml.cache.name', value: { intValue: '3' } }] }],
      },
    },
    'metric ml.cache.requests: ml.cache.name is no string: {"intValue":"3"}',
  ],
] as const)('%j', ([change, finding]) => {
  expect(findings(change)).toEqual([finding]);
});
