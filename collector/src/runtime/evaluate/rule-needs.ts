import { matchesGlob } from 'node:path';

import { arrivalMode } from '../../rules/arrival.ts';
import { type GroupDefinition, groupKey, ruleKeys } from '../../rules/rule.ts';
import type { SelectorNeed } from '../../storage/retention.ts';
import { selectorHistories } from '../../storage/selector-needs.ts';
import { ruleId } from './rule-runner.ts';

export interface RuleNeedsOptions {
  readonly lookbackMs: number;
  /** Names of groups, with `*`, whose alerting rules are evaluated when their series get samples. */
  readonly onArrivalGroups: readonly string[];
}

/** Assumed history where an expression does not tell it. */
const UNKNOWN_HISTORY_MS = 3_600_000;

/** How far a watched stream is from its baseline, by each measure. */
export const DRIFT_DISTANCE_SERIES = 'ml_drift_distance_ratio';

/** Series about drift, of which a rule may ask for others than the distance. */
const DRIFT_PREFIX = 'ml_drift_';

/** What the rules need of the store, and which rules a sample wakes. */
export function ruleNeeds(
  definitions: readonly GroupDefinition[],
  options: RuleNeedsOptions,
): SelectorNeed[] {
  const needs = neededByExpressions(definitions, options);
  const asksForDrift = needs.some(({ matchers }) =>
    matchers.some(({ name, value }) => name === '__name__' && value.startsWith(DRIFT_PREFIX)),
  );
  if (!asksForDrift) return needs;
  // A message about drift says by how much, whatever its rule asks for.
  const distance = { name: '__name__', operator: '=', value: DRIFT_DISTANCE_SERIES } as const;
  return [...needs, { matchers: [distance], historyMs: options.lookbackMs }];
}

function neededByExpressions(
  definitions: readonly GroupDefinition[],
  options: RuleNeedsOptions,
): SelectorNeed[] {
  const rules = definitions.flatMap((definition) => definition.rules);
  const written = new Set(rules.filter(({ kind }) => kind === 'recording').map(({ name }) => name));
  const history = { lookbackMs: options.lookbackMs, unknownMs: UNKNOWN_HISTORY_MS };
  return definitions.flatMap((definition) => {
    const keys = ruleKeys(definition.rules);
    const extraMs = definition.queryOffsetMs + definition.intervalMs;
    const isOnArrival = wakesOnArrival(definition, options.onArrivalGroups);
    return definition.rules.flatMap((rule, index) => {
      const isWoken = isOnArrival && arrivalMode(rule, written) !== 'never';
      const woken = isWoken ? { group: ruleId(groupKey(definition), keys[index] ?? '') } : {};
      return selectorHistories(rule.expr, history).map(({ matchers, historyMs }): SelectorNeed => {
        return { matchers, historyMs: historyMs + extraMs, ...woken };
      });
    });
  });
}

/** A group that looks back by an offset has nothing to see in a sample of now. */
function wakesOnArrival(
  { name, queryOffsetMs }: GroupDefinition,
  patterns: readonly string[],
): boolean {
  if (queryOffsetMs > 0) return false;
  return patterns.some((pattern) => pattern === '*' || matchesGlob(name, pattern));
}
