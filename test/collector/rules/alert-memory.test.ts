import fc from 'fast-check';
import { expect, test } from 'vitest';

import { Labels } from '../../../collector/src/model/labels.ts';
import { parseExpr } from '../../../collector/src/promql/parser/parse.ts';
import { AlertMemory } from '../../../collector/src/rules/alert/alert-memory.ts';
import {
  type AlertingOutcome,
  type AlertMap,
  evaluateAlertingRule,
  prepareAlertingRule,
} from '../../../collector/src/rules/alert/alert-rule.ts';
import type { AlertingRule } from '../../../collector/src/rules/rule.ts';

/** What one evaluation sees: values by pod. */
type Seen = Readonly<Record<string, number>>;

function ruleWith(fields: Partial<AlertingRule>): AlertingRule {
  return {
    kind: 'alerting',
    name: 'Deep',
    expr: parseExpr('depth > 0'),
    exprText: 'depth > 0',
    labels: {},
    forMs: 0,
    keepFiringForMs: 0,
    annotations: { text: '{{ $labels.pod }} at {{ $value }}', plain: 'p' },
    ...fields,
  };
}

/** What the rule says and writes at each evaluation; `isFresh`: it remembers alerts only. */
function outcomesOf(
  rule: AlertingRule,
  evaluations: readonly Seen[],
  { isFresh, limit }: { readonly isFresh: boolean; readonly limit: number },
): readonly unknown[] {
  const kept = prepareAlertingRule(rule);
  let alerts: AlertMap = new Map();
  return evaluations.map((seen, index) => {
    const nowMs = (index + 1) * 1000;
    const elements = Object.entries(seen).map(([pod, value]) => {
      return { labels: Labels.of({ __name__: 'depth', pod, ns: 'a' }), timeMs: nowMs, value };
    });
    const environment = {
      query: () => ({ kind: 'vector', elements }) as const,
      queryText: () => ({ kind: 'vector', elements: [] }) as const,
      append: () => undefined,
      externalLabels: {},
      externalUrl: '',
    };
    const input = { environment, nowMs, queryOffsetMs: 0, limit, isHolding: () => false };
    try {
      const prepared = isFresh ? prepareAlertingRule(rule) : kept;
      const outcome = evaluateAlertingRule(prepared, alerts, input);
      ({ alerts } = outcome);
      return shown(outcome);
    } catch (error) {
      return String(error);
    }
  });
}

function shown({ alerts, samples, changes, error }: AlertingOutcome): unknown {
  return {
    alerts: [...alerts].map(([key, { labels, ...alert }]) => [key, labels.flat, alert]),
    samples: samples.map(({ labels, timeMs, value }) => [labels.flat, timeMs, value]),
    changes: changes.map(({ alert, ...change }) => [change, alert.labels.flat, alert.value]),
    error,
  };
}

test.for([
  ['plain labels', { labels: { team: 'x' } }],
  ['a label with the value', { labels: { level: '{{ $value }}' } }],
  ['a label that makes alerts equal', { labels: { pod: '{{ if gt $value 1.0 }}many{{ end }}' } }],
  ['for', { forMs: 2000 }],
  ['keep_firing_for', { keepFiringForMs: 2000, labels: { level: '{{ $value }}' } }],
  ['a broken template', { annotations: { text: '{{ $value | nothing }}' } }],
] as const)('what a rule remembers changes nothing: %s', ([, fields]) => {
  const pod = fc.constantFrom('a', 'b', 'c', 'd');
  const value = fc.constantFrom(1, 2, 2.5, Number.NaN, -0, 0);
  const seen = fc.dictionary(pod, value, { maxKeys: 4, noNullPrototype: true });
  const evaluations = fc.array(seen, { minLength: 1, maxLength: 8 });
  const rule = ruleWith(fields);
  fc.assert(
    fc.property(evaluations, fc.constantFrom(0, 2), (all, limit) => {
      const kept = outcomesOf(rule, all, { isFresh: false, limit });
      expect(kept).toEqual(outcomesOf(rule, all, { isFresh: true, limit }));
    }),
    { numRuns: 300 },
  );
});

test('AlertMemory keeps what one of the last two evaluations asked for', () => {
  const memory = new AlertMemory();
  const labels = Labels.of({ pod: 'a' });
  memory.startEvaluation();
  const known = memory.alert(labels);
  memory.startEvaluation();
  expect(memory.alert(labels)).toBe(known);
  memory.startEvaluation();
  memory.startEvaluation();
  expect(memory.alert(labels)).not.toBe(known);
});
