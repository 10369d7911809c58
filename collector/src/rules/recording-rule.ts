import { Labels, METRIC_NAME_LABEL } from '../model/labels.ts';

import { type RuleEnvironment, type RuleSample, toElements } from './evaluation.ts';
import type { RecordingRule } from './rule.ts';

interface RecordingInput {
  readonly environment: Pick<RuleEnvironment, 'query'>;
  readonly nowMs: number;
  readonly queryOffsetMs: number;
  readonly limit: number;
}

/**
 * Evaluates a recording rule once and answers the samples it writes.
 *
 * @throws {Error} when the query fails, two results get the same labels, or the limit is exceeded.
 */
export function evaluateRecordingRule(
  rule: RecordingRule,
  { environment, nowMs, queryOffsetMs, limit }: RecordingInput,
): readonly RuleSample[] {
  const timeMs = nowMs - queryOffsetMs;
  const samples = toElements(environment.query(rule.expr, timeMs)).map((element): RuleSample => {
    const labels = recordedLabels(element.labels, rule);
    return element.histogram === undefined
      ? { labels, timeMs, value: element.value ?? 0 }
      : { labels, timeMs, histogram: element.histogram };
  });
  if (new Set(samples.map(({ labels }) => labels.key)).size < samples.length) {
    throw new Error('vector contains metrics with the same labelset after applying rule labels');
  }
  if (limit > 0 && samples.length > limit) {
    throw new Error(`exceeded limit of ${limit} with ${samples.length} series`);
  }
  return samples;
}

function recordedLabels(labels: Labels, rule: RecordingRule): Labels {
  return Labels.fromPairs([
    ...labels,
    [METRIC_NAME_LABEL, rule.name],
    ...Object.entries(rule.labels),
  ]);
}
