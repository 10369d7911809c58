import type { Labels } from '../model/labels.ts';

import type { AlertChange } from './alert-rule.ts';
import { resolveAlert } from './alert-state.ts';
import type { RuleSample } from './evaluation.ts';
import { RuleGroup, type RuleState, staleSamples } from './group.ts';
import { type GroupDefinition, groupKey } from './rule.ts';

/** A removed group keeps its series for this many intervals, in case another group takes over. */
const STALE_AFTER_INTERVALS = 2;

/** Series of a removed group that end at `dueMs`. */
export interface PendingRemoval {
  readonly group: string;
  readonly dueMs: number;
  readonly queryOffsetMs: number;
  readonly series: readonly Labels[];
}

export interface Reload {
  readonly groups: readonly RuleGroup[];
  readonly removals: readonly PendingRemoval[];
  /** Alerts that end because their rule is gone. */
  readonly changes: readonly AlertChange[];
}

/**
 * Puts new definitions in place of the groups that run. A group whose definition did not change is
 * kept; a changed one takes over the state of the rules that have the same name and labels, in
 * order. Alerts of rules that are gone are resolved, and their series go stale.
 */
export function reloadGroups(
  running: readonly RuleGroup[],
  definitions: readonly GroupDefinition[],
  nowMs: number,
): Reload {
  const known = new Map(running.map((group) => [group.key, group]));
  const changes: AlertChange[] = [];
  const groups = definitions.map((definition) => {
    const before = known.get(groupKey(definition));
    known.delete(groupKey(definition));
    if (before === undefined) return new RuleGroup(definition);
    if (isSameDefinition(before.definition, definition)) return before;
    const group = new RuleGroup(definition);
    changes.push(...copyState(before, group, nowMs));
    return group;
  });
  const removals = [...known.values()].map((group): PendingRemoval => {
    changes.push(...group.rules.flatMap((state) => endAlerts(state, nowMs)));
    const { intervalMs, queryOffsetMs } = group.definition;
    return {
      group: group.key,
      dueMs: nowMs + STALE_AFTER_INTERVALS * intervalMs,
      queryOffsetMs,
      series: [...group.staleSeries, ...group.rules.flatMap(({ series }) => [...series.values()])],
    };
  });
  return { groups, removals, changes };
}

/** The stale marks of a removed group once it is due; nothing before that. */
export function removalSamples(removal: PendingRemoval, nowMs: number): readonly RuleSample[] {
  if (nowMs < removal.dueMs) return [];
  return staleSamples(removal.series, nowMs - removal.queryOffsetMs);
}

/**
 * Copies the state of rules with the same name and labels, the first to the first and so on, and
 * hands the series of the others to the new group, which ends them.
 */
function copyState(from: RuleGroup, to: RuleGroup, nowMs: number): readonly AlertChange[] {
  const known = new Map(from.rules.map((state) => [state.key, state]));
  for (const state of to.rules) {
    const before = known.get(state.key);
    if (before === undefined) continue;
    known.delete(state.key);
    state.alerts = before.alerts;
    state.series = before.series;
    state.health = before.health;
    state.lastError = before.lastError;
    state.evaluations.push(...before.evaluations);
  }
  const gone = [...known.values()];
  to.lastEvaluationMs = from.lastEvaluationMs;
  to.staleSeries = [...from.staleSeries, ...gone.flatMap(({ series }) => [...series.values()])];
  return gone.flatMap((state) => endAlerts(state, nowMs));
}

function endAlerts({ rule, alerts }: RuleState, nowMs: number): readonly AlertChange[] {
  return [...alerts.values()]
    .filter(({ status }) => status !== 'inactive')
    .flatMap((before): AlertChange[] => {
      const { alert = before, transition } = resolveAlert(before, nowMs, 'rule_removed');
      if (transition === undefined) return [];
      return [{ ...transition, rule: rule.name, timeMs: nowMs, alert }];
    });
}

/** Expressions are compared as written; their trees follow from the text. */
function isSameDefinition(left: GroupDefinition, right: GroupDefinition): boolean {
  return fingerprint(left) === fingerprint(right);
}

function fingerprint(definition: GroupDefinition): string {
  return JSON.stringify(definition, (key, value: unknown) => (key === 'expr' ? undefined : value));
}
