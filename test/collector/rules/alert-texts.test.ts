import { expect, test } from 'vitest';

import { Labels } from '../../../collector/src/model/labels.ts';
import { parseExpr } from '../../../collector/src/promql/parser/parse.ts';
import {
  type AlertMap,
  evaluateAlertingRule,
  prepareAlertingRule,
} from '../../../collector/src/rules/alert/alert-rule.ts';
import type { RuleEnvironment } from '../../../collector/src/rules/evaluation.ts';

const ELEMENT = Labels.of({ __name__: 'depth', pod: 'a' });

interface Evaluation {
  readonly value: number;
  readonly nowMs: number;
  readonly other?: number;
  readonly externalUrl?: string;
}

/** What the text of one alert says at each evaluation. */
function textsOf(annotation: string, evaluations: readonly Evaluation[]): readonly string[] {
  const rule = prepareAlertingRule({
    kind: 'alerting',
    name: 'Deep',
    expr: parseExpr('depth > 0'),
    exprText: 'depth > 0',
    labels: {},
    forMs: 0,
    keepFiringForMs: 0,
    annotations: { text: annotation },
  });
  let alerts: AlertMap = new Map();
  return evaluations.map(({ value, nowMs, other = 0, externalUrl = '' }) => {
    const vector = (labels: Labels, number: number): ReturnType<RuleEnvironment['query']> => ({
      kind: 'vector',
      elements: [{ labels, timeMs: nowMs, value: number }],
    });
    const environment: RuleEnvironment = {
      query: () => vector(ELEMENT, value),
      queryText: () => vector(Labels.of({}), other),
      append: () => undefined,
      externalLabels: {},
      externalUrl,
    };
    const outcome = evaluateAlertingRule(rule, alerts, {
      environment,
      nowMs,
      queryOffsetMs: 0,
      limit: 0,
      isHolding: () => false,
    });
    alerts = outcome.alerts;
    return [...alerts.values()][0]?.annotations['text'] ?? '';
  });
}

test.for([
  {
    name: 'the value',
    text: 'pod {{ $labels.pod }} at {{ $value }}',
    evaluations: [
      { value: 1, nowMs: 1000 },
      { value: 1, nowMs: 2000 },
      { value: 2.5, nowMs: 3000 },
      { value: 1, nowMs: 4000 },
    ],
    expected: ['pod a at 1', 'pod a at 1', 'pod a at 2.5', 'pod a at 1'],
  },
  {
    name: 'a query, though the value stays',
    text: '{{ with query "other" }}{{ . | first | value }}{{ end }}',
    evaluations: [
      { value: 1, nowMs: 1000, other: 7 },
      { value: 1, nowMs: 2000, other: 8 },
    ],
    expected: ['7', '8'],
  },
  {
    name: 'the time, though the value stays',
    text: '{{ now }}',
    evaluations: [
      { value: 1, nowMs: 1000 },
      { value: 1, nowMs: 2000 },
    ],
    expected: ['1', '2'],
  },
  {
    name: 'the address of the service, though the value stays',
    text: '{{ $externalURL }}',
    evaluations: [
      { value: 1, nowMs: 1000, externalUrl: 'http://a' },
      { value: 1, nowMs: 2000, externalUrl: 'http://b' },
    ],
    expected: ['http://a', 'http://b'],
  },
  {
    name: 'zero and negative zero',
    text: '{{ $value }}',
    evaluations: [
      { value: 0, nowMs: 1000 },
      { value: -0, nowMs: 2000 },
    ],
    expected: ['0', '-0'],
  },
])('the text of an alert follows $name', ({ text, evaluations, expected }) => {
  expect(textsOf(text, evaluations)).toEqual(expected);
});
