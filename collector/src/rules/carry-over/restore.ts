import { textKey } from '@telltale/core';

import { Labels } from '../../model/labels.ts';
import type { AlertChange } from '../alert/alert-rule.ts';
import { type Alert, type AlertStatus, resolveAlert } from '../alert/alert-state.ts';
import type { RuleGroup, RuleState } from '../group.ts';

/** An alert as it was saved: plain data, one row each. */
export interface AlertRow {
  /** `groupKey` of its group. */
  readonly group: string;
  /** `ruleKeys` entry of its rule. */
  readonly ruleKey: string;
  readonly rule: string;
  readonly status: AlertStatus;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly value: number;
  readonly activeAtMs: number;
  readonly firedAtMs?: number;
  readonly resolvedAtMs?: number;
  readonly keepFiringSinceMs?: number;
  /** The evaluation that the row was saved with. */
  readonly lastEvaluationMs: number;
}

/** The rows to save after an evaluation of `group`. */
export function saveAlerts(group: RuleGroup): readonly AlertRow[] {
  const lastEvaluationMs = group.lastEvaluationMs ?? 0;
  return group.rules.flatMap(({ key, rule, alerts }) => {
    return [...alerts.values()].map((alert): AlertRow => {
      const { heldSinceMs: _held, labels, ...rest } = alert;
      const saved = { ...rest, labels: labels.toRecord(), lastEvaluationMs };
      return { group: group.key, ruleKey: key, rule: rule.name, ...saved };
    });
  });
}

export interface RestoreOptions {
  readonly nowMs: number;
  /** Groups that are not there for now: their alerts are left as they are saved. */
  readonly isAside: (groupKey: string) => boolean;
}

/**
 * Puts saved alerts back into their rules before the first evaluation, whatever the rule's `for`.
 *
 * A firing alert keeps firing, and is held until its data is back. A pending alert waits on where
 * it stopped: the time that the service was down does not count. An alert whose group or file was
 * renamed goes with its rule. An alert whose rule is gone is resolved; the changes say so.
 */
export function restoreAlerts(
  groups: readonly RuleGroup[],
  rows: readonly AlertRow[],
  { nowMs, isAside }: RestoreOptions,
): readonly AlertChange[] {
  const states = new Map<string, RuleState>();
  for (const { key, rules } of groups) {
    for (const state of rules) states.set(textKey([key, state.key]), state);
  }
  const restored = new Map<string, Map<string, Alert>>();
  const changes: AlertChange[] = [];
  const movedTo = movesOf(groups, rows);
  for (const row of rows) {
    const own = textKey([row.group, row.ruleKey]);
    const place = states.has(own) || isAside(row.group) ? own : (movedTo(row) ?? own);
    if (states.has(place)) {
      const alerts = restored.get(place) ?? new Map<string, Alert>();
      const alert = restoreAlert(row, nowMs);
      restored.set(place, alerts.set(alert.labels.key, alert));
    } else if (!isAside(row.group)) changes.push(...endRow(row, nowMs));
  }
  for (const [place, alerts] of restored) {
    const state = states.get(place);
    if (state !== undefined) state.alerts = alerts;
  }
  return changes;
}

/**
 * Where rules of groups that are gone stand now: in the one group that was not there before and has
 * such a rule, by preference in one of the same name. Their group or file was renamed meanwhile.
 */
function movesOf(
  groups: readonly RuleGroup[],
  rows: readonly AlertRow[],
): (row: AlertRow) => string | undefined {
  const saved = new Set(rows.map(({ group }) => group));
  const added = groups.filter(({ key }) => !saved.has(key));
  return ({ group, ruleKey }) => {
    const holders = added.filter(({ rules }) => rules.some(({ key }) => key === ruleKey));
    const named = holders.filter(({ definition }) => group.endsWith(`;${definition.name}`));
    const [only, ...others] = named.length > 0 ? named : holders;
    return only === undefined || others.length > 0 ? undefined : textKey([only.key, ruleKey]);
  };
}

function restoreAlert(row: AlertRow, nowMs: number): Alert {
  const alert = toAlert(row);
  if (alert.status === 'firing') return { ...alert, heldSinceMs: nowMs };
  if (alert.status === 'inactive') return alert;
  const downMs = Math.max(0, nowMs - row.lastEvaluationMs);
  return { ...alert, activeAtMs: alert.activeAtMs + downMs };
}

function toAlert(row: AlertRow): Alert {
  const {
    group: _group,
    ruleKey: _key,
    rule: _rule,
    lastEvaluationMs: _last,
    labels,
    ...rest
  } = row;
  return { ...rest, labels: Labels.of(labels) };
}

function endRow(row: AlertRow, nowMs: number): readonly AlertChange[] {
  if (row.status === 'inactive') return [];
  const before = toAlert(row);
  const { alert = before, transition } = resolveAlert(before, nowMs, 'rule_removed');
  return transition === undefined ? [] : [{ ...transition, rule: row.rule, timeMs: nowMs, alert }];
}
