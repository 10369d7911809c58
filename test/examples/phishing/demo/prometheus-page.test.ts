import { expect, test } from 'vitest';

import {
  parsePrometheusPage,
  total,
  totalBy,
} from '../../../../examples/phishing/demo/prometheus-page.ts';

const PAGE = String.raw`# HELP ml_predictions_total Predictions by outcome
# TYPE ml_predictions_total counter
ml_predictions_total{ml_model_name="phishing",ml_prediction_outcome="phishing"} 3
ml_predictions_total{ml_prediction_outcome="phishing",ml_prediction_level="high"} 4 1700000000000
ml_predictions_total{ml_prediction_outcome="a \"b\" \\ c\nd}"} 1e1
up 1
bound{le="+Inf"} +Inf
low -Inf
not a sample line
`;

test('parsePrometheusPage() reads names, labels and values, and passes over the rest', () => {
  expect(parsePrometheusPage(PAGE)).toEqual([
    {
      name: 'ml_predictions_total',
      labels: { ml_model_name: 'phishing', ml_prediction_outcome: 'phishing' },
      value: 3,
    },
    {
      name: 'ml_predictions_total',
      labels: { ml_prediction_outcome: 'phishing', ml_prediction_level: 'high' },
      value: 4,
    },
    {
      name: 'ml_predictions_total',
      labels: { ml_prediction_outcome: 'a "b" \\ c\nd}' },
      value: 10,
    },
    { name: 'up', labels: {}, value: 1 },
    { name: 'bound', labels: { le: '+Inf' }, value: Number.POSITIVE_INFINITY },
    { name: 'low', labels: {}, value: Number.NEGATIVE_INFINITY },
  ]);
});

test('total() adds the series of one name', () => {
  const samples = parsePrometheusPage(PAGE);
  expect(total(samples, 'ml_predictions_total')).toBe(17);
  expect(total(samples, 'absent')).toBe(0);
});

test('totalBy() adds them apart for each value of a label', () => {
  const samples = parsePrometheusPage(PAGE);
  expect(totalBy(samples, 'ml_predictions_total', 'ml_prediction_level')).toEqual(
    new Map([
      ['', 13],
      ['high', 4],
    ]),
  );
});
