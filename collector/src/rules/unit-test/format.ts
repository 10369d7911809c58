import { formatDuration } from '../../model/duration.ts';
import { formatFloat } from '../../model/format-float.ts';
import { quoteGo } from '../../model/go-string.ts';
import { formatHistogramNotation } from '../../model/histogram/format.ts';
import { Labels } from '../../model/labels.ts';
import { formatLabels } from '../../model/labels-format.ts';
import { formatGoDuration } from '../../model/template/time/go-duration.ts';
import type { TestSample } from './compare.ts';
import type { ExpectedAlert, UnitTestFailure } from './unit-test.ts';

/** `{job="node"} 1E+00`, as promtool shows samples. */
export function formatTestSample({ labels, value, histogram }: TestSample): string {
  const shown =
    histogram === undefined
      ? formatFloat(value, 'exponent').replace('e', 'E')
      : formatHistogramNotation(histogram);
  return `${formatLabels(labels)} ${shown}`;
}

/** A failure as promtool words it, and below it only what differs. */
export function formatFailure(failure: UnitTestFailure): string {
  switch (failure.kind) {
    case 'broken':
      return `    name: ${failure.test}: ${failure.error}`;
    case 'ruleError': {
      const time = formatGoDuration(BigInt(failure.timeMs) * 1_000_000n);
      return `    name: ${failure.test}: rule: ${failure.rule}, time: ${time}, err: ${failure.error}`;
    }
    case 'exprError': {
      const time = formatDuration(failure.evalTimeMs);
      return `    name: ${failure.test}: expr: ${quoteGo(failure.expr)}, time: ${time}, err: ${failure.error}`;
    }
    case 'expr':
      return formatExprFailure(failure);
    case 'alert':
      return formatAlertFailure(failure);
  }
}

function formatExprFailure(failure: UnitTestFailure & { readonly kind: 'expr' }): string {
  const { test, expr, evalTimeMs, expected, got } = failure;
  return [
    `    name: ${test}: expr: ${quoteGo(expr)}, time: ${formatDuration(evalTimeMs)},`,
    `        exp: ${expected.join(', ') || 'nil'}`,
    `        got: ${got.join(', ') || 'nil'}`,
    ...formatDifference(expected, got),
  ].join('\n');
}

function formatAlertFailure(failure: UnitTestFailure & { readonly kind: 'alert' }): string {
  const expected = failure.expected.map(formatAlert);
  const got = failure.got.map(formatAlert);
  return [
    `    name: ${failure.test},`,
    `    alertname: ${failure.alertName}, time: ${formatDuration(failure.evalTimeMs)},`,
    `        exp: ${formatList(expected)}`,
    `        got: ${formatList(got)}`,
    ...formatDifference(expected, got),
  ].join('\n');
}

function formatAlert({ labels, annotations }: ExpectedAlert): string {
  const shown = formatLabels(Labels.of(annotations));
  return `Labels:${formatLabels(Labels.of(labels))}\nAnnotations:${shown}`;
}

function formatList(items: readonly string[]): string {
  if (items.length === 0) return '[]';
  const lines = items.map((item, index) => {
    return `            ${index}:\n${indent(item, '              ')}`;
  });
  return `[\n${lines.join(',\n')}\n            ]`;
}

/** What is on one side only, when both sides have something. */
function formatDifference(expected: readonly string[], got: readonly string[]): readonly string[] {
  const missing = expected.filter((item) => !got.includes(item));
  const surplus = got.filter((item) => !expected.includes(item));
  const isWorthwhile = expected.length + got.length > 2 && missing.length + surplus.length > 0;
  if (!isWorthwhile) return [];
  const mark = (sign: string, item: string): string => {
    return indent(item, `            ${sign} `);
  };
  return [
    '        diff (- expected, + got):',
    ...missing.map((item) => mark('-', item)),
    ...surplus.map((item) => mark('+', item)),
  ];
}

function indent(text: string, prefix: string): string {
  return text
    .split('\n')
    .map((line) => prefix + line)
    .join('\n');
}
