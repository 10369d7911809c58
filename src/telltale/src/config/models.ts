import type { Problem } from '@telltale/core';
import type { ModelRule } from '@telltale/instrumentation-onnxruntime';

import { parseDurationMs } from './duration.ts';
import { checkFeedbackOptions } from './model-feedback.ts';
import { nearestName } from './nearest-name.ts';

const RULES_MAX = 100;
const RULE_KEYS = ['match', 'name', 'version', 'batch', 'output', 'levels', 'feedback'];
const MATCH_KEYS = ['file', 'sha256', 'name', 'input'];
const OUTPUT_KEYS = ['tensor', 'kind', 'labels', 'positive', 'threshold', 'sigmoid', 'score'];
const OUTPUT_KINDS = ['probabilities', 'logits', 'score', 'class'];

const FEEDBACK_KEYS = ['positive', 'window', 'ttl', 'predictions_max', 'threshold', 'task'];

type Entries = Readonly<Record<string, unknown>>;

const isMapping = (value: unknown): value is Entries =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Checks `onnxruntime.models`. A rule with a problem is left out, the others are kept. */
export function parseModelRules(value: unknown): {
  readonly rules: readonly ModelRule[];
  readonly problems: readonly Problem[];
} {
  if (value === undefined || value === null) return { rules: [], problems: [] };
  if (!Array.isArray(value) || value.length > RULES_MAX) {
    const message = `Cannot use it: expected a list of at most ${RULES_MAX} rules`;
    return { rules: [], problems: [{ path: 'onnxruntime.models', message }] };
  }
  const checked = value.map((rule: unknown, index) => {
    const problems = checkRule(rule, `onnxruntime.models[${index}]`);
    return { rule: rule as ModelRule, problems };
  });
  return {
    rules: checked.filter(({ problems }) => problems.length === 0).map(({ rule }) => rule),
    problems: checked.flatMap(({ problems }) => problems),
  };
}

function checkRule(rule: unknown, path: string): Problem[] {
  if (!isMapping(rule)) return [{ path, message: 'Cannot use it: expected keys below it' }];
  const { match, output, name, version, levels, feedback } = rule;
  return [
    ...checkKeys(rule, RULE_KEYS, path),
    ...checkMatch(match, `${path}.match`),
    ...(output === undefined || output === false ? [] : checkOutput(output, `${path}.output`)),
    ...checkText(name, `${path}.name`),
    ...checkText(version, `${path}.version`),
    ...(levels === undefined ? [] : checkLevels(levels, `${path}.levels`)),
    ...(feedback === undefined ? [] : checkFeedback(feedback, `${path}.feedback`)),
  ];
}

function checkLevels(levels: unknown, path: string): Problem[] {
  const wanted = 'expected a number from 0 to 1 below each name, such as { low: 0, high: 0.9 }';
  const isRight =
    isMapping(levels) &&
    Object.values(levels).every((from) => typeof from === 'number' && from >= 0 && from <= 1);
  return isRight ? [] : [{ path, message: `Cannot use it: ${wanted}` }];
}

function checkFeedback(feedback: unknown, path: string): Problem[] {
  if (!isMapping(feedback)) return [{ path, message: 'Cannot use it: expected keys below it' }];
  const { ttl, predictions_max: predictionsMax, positive, window, threshold, task } = feedback;
  const ttlMs = typeof ttl === 'string' ? parseDurationMs(ttl) : ttl;
  const given = { positive, window, threshold, task, predictionsMax };
  const { problems } = checkFeedbackOptions(given);
  const badTime = { path: `${path}.ttl`, message: 'Cannot use it: expected a time such as 7d' };
  return [
    ...checkKeys(feedback, FEEDBACK_KEYS, path),
    ...problems.map((message) => ({ path, message })),
    ...(ttl === undefined || (typeof ttlMs === 'number' && ttlMs > 0) ? [] : [badTime]),
  ];
}

function checkMatch(match: unknown, path: string): Problem[] {
  if (isMapping(match) && Object.keys(match).length > 0) return checkKeys(match, MATCH_KEYS, path);
  return [{ path, message: `Cannot use it: expected at least one of ${MATCH_KEYS.join(', ')}` }];
}

function checkOutput(output: unknown, path: string): Problem[] {
  if (!isMapping(output)) {
    return [{ path, message: 'Cannot use it: expected keys below it, or false' }];
  }
  const problems = checkKeys(output, OUTPUT_KEYS, path);
  if (typeof output['tensor'] !== 'string') {
    problems.push({ path: `${path}.tensor`, message: 'Cannot find it: expected an output name' });
  }
  const { threshold } = output;
  if (threshold !== undefined && !(typeof threshold === 'number' && Number.isFinite(threshold))) {
    problems.push({ path: `${path}.threshold`, message: 'Cannot use it: expected a number' });
  }
  if (!OUTPUT_KINDS.includes(String(output['kind']))) {
    const message = `Cannot use it: expected one of ${OUTPUT_KINDS.join(', ')}: current value is "${String(output['kind'])}"`;
    problems.push({ path: `${path}.kind`, message });
  }
  return problems;
}

function checkText(value: unknown, path: string): Problem[] {
  if (value === undefined || typeof value === 'string') return [];
  return [{ path, message: 'Cannot use it: expected text; put it in quotes' }];
}

function checkKeys(value: Entries, known: readonly string[], path: string): Problem[] {
  return Object.keys(value)
    .filter((key) => !known.includes(key))
    .map((key) => {
      const nearest = nearestName(key, known);
      const hint = nearest === undefined ? '' : `: the nearest valid name is ${nearest}`;
      return { path: `${path}.${key}`, message: `Cannot find an option of this name${hint}` };
    });
}
