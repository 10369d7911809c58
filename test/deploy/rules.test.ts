import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import * as core from '@telltale/core';
import { promName } from '@telltale/core';

import { parseRuleFile } from '../../collector/src/config/rules/rules-file.ts';
import { parseUnitTestFile } from '../../collector/src/config/rules/unit-test.ts';
import type { Rule } from '../../collector/src/rules/rule.ts';

const FOLDER = join(import.meta.dirname, '../../deploy/prometheus/rules');
const TESTS_FOLDER = join(import.meta.dirname, '../../deploy/prometheus/tests');
const TEST_FILES = globSync('*.test.yaml', { cwd: TESTS_FOLDER }).toSorted();
const RULE_FILES = TEST_FILES.map((name) => name.replace('.test.yaml', '.yaml'));

const RULES: readonly Rule[] = RULE_FILES.flatMap((name) => {
  const bytes = readFileSync(join(FOLDER, name));
  return parseRuleFile(bytes, { file: name, intervalMs: 60_000 }).groups.flatMap(
    ({ rules }) => rules,
  );
});
const ALERTS = RULES.filter((rule) => rule.kind === 'alerting');
const TESTS = TEST_FILES.flatMap((name) => {
  return parseUnitTestFile(readFileSync(join(TESTS_FOLDER, name)), name).tests;
});

test('every rule file has a test file, and stands alone in its folder', () => {
  const all = globSync('*.yaml', { cwd: FOLDER }).toSorted();
  // Prometheus loads every file of the folder, so tests of rules stand in one of their own.
  expect(all).toEqual(RULE_FILES);
  expect(ALERTS.length).toBeGreaterThan(25);
});

test.for(ALERTS.map(({ name }) => name))('%s has a firing and a quiet case', (name) => {
  const expectations = TESTS.flatMap(({ alertTests }) => alertTests)
    .filter(({ alertName }) => alertName === name)
    .map(({ alerts }) => alerts.length > 0);
  expect(new Set(expectations)).toEqual(new Set([true, false]));
});

test.for(ALERTS.map((rule) => [rule.name, rule] as const))(
  '%s says how bad it is, what happens and what to do',
  ([, rule]) => {
    expect(['info', 'warning', 'error', 'critical']).toContain(rule.labels['severity']);
    expect(Object.keys(rule.annotations)).toEqual(['summary', 'description', 'runbook']);
    expect(rule.annotations['summary']).toContain('{{');
  },
);

test('all four severities are used, and no alert has the name of another', () => {
  const severities = new Set(ALERTS.map(({ labels }) => labels['severity']));
  expect(severities).toEqual(new Set(['info', 'warning', 'error', 'critical']));
  expect(new Set(ALERTS.map(({ name }) => name)).size).toBe(ALERTS.length);
});

test('the files use no field that Prometheus 2.42 does not know', () => {
  const later = /^ *(?:query_offset:|- name:.*\n(?: {4}[a-z].*\n)* {4}labels:)/mu;
  for (const name of RULE_FILES) {
    expect(later.test(readFileSync(join(FOLDER, name), 'utf8'))).toBe(false);
  }
});

/** Names that other programs write, or packages whose names are not in the registry. */
const FOREIGN = /^(?:otelcol_|nodejs_eventloop_|hw_|ml_gpu_|ml_drift_|target_info$)/u;

const EXPORTED: readonly unknown[] = Object.values(core);

function isMetricRow(value: unknown): value is core.MetricRow {
  return typeof value === 'object' && value !== null && 'unit' in value && 'instrument' in value;
}

test('every metric that a rule reads is emitted by us, recorded by a rule, or foreign', () => {
  const emitted = new Set(
    EXPORTED.filter(isMetricRow).flatMap(({ name, unit, instrument }) => {
      const prometheusName = promName({ name, unit, kind: instrument });
      const suffixes = instrument === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
      return suffixes.map((suffix) => prometheusName + suffix);
    }),
  );
  expect(emitted.has('ml_inference_duration_seconds_bucket')).toBe(true);
  const recorded = new Set(
    RULES.filter(({ kind }) => kind === 'recording').map(({ name }) => name),
  );
  const read = new Set(RULES.flatMap(({ expr }) => selectorNames(expr)));
  expect(read.size).toBeGreaterThan(20);
  const unknown = [...read].filter((name) => {
    return !emitted.has(name) && !recorded.has(name) && !FOREIGN.test(name);
  });
  expect(unknown).toEqual([]);
});

/** The names of all selectors in an expression. */
function selectorNames(node: unknown): readonly string[] {
  if (typeof node !== 'object' || node === null) return [];
  const own =
    'kind' in node && node.kind === 'vectorSelector' && 'name' in node ? [String(node.name)] : [];
  return [...own, ...Object.values(node).flatMap(selectorNames)];
}
