import type { Labels } from '../../model/labels.ts';
import type { AlertChange } from '../alert/alert-rule.ts';
import { resolveAlert } from '../alert/alert-state.ts';
import type { RuleSample } from '../evaluation.ts';
import { RuleGroup, type RuleState, staleSamples } from '../group.ts';
import { type GroupDefinition, groupKey } from '../rule.ts';
import { adoptStates, placesOf, takeState } from './adopt.ts';

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
 * order. Rules that moved take their state with them. Alerts of rules that are gone are resolved,
 * and their series go stale.
 */
export function reloadGroups(
  running: readonly RuleGroup[],
  definitions: readonly GroupDefinition[],
  nowMs: number,
): Reload {
  const known = new Map(running.map((group) => [group.key, group]));
  const gone: { group: RuleGroup; state: RuleState; heir: RuleGroup | undefined }[] = [];
  const newcomers: { group: RuleGroup; state: RuleState }[] = [];
  const groups = definitions.map((definition) => {
    const before = known.get(groupKey(definition));
    known.delete(groupKey(definition));
    if (before !== undefined && isSameDefinition(before.definition, definition)) return before;
    const group = new RuleGroup(definition);
    const { lost, found } = before === undefined ? NOTHING_COPIED : copyState(before, group);
    gone.push(...lost.map((state) => ({ group: before ?? group, state, heir: group })));
    newcomers.push(...placesOf(group).filter(({ state }) => !found.has(state)));
    return group;
  });
  for (const group of known.values()) {
    gone.push(...group.rules.map((state) => ({ group, state, heir: undefined })));
  }
  const left = new Set(adoptStates(gone, newcomers));
  const ended = gone.filter((each) => left.has(each));
  for (const { state, heir } of ended) {
    if (heir !== undefined) heir.staleSeries = [...heir.staleSeries, ...state.series];
  }
  const removals = [...known.values()].map((group): PendingRemoval => {
    const own = ended.filter((each) => each.group === group && each.heir === undefined);
    return removalOf(
      group,
      own.map(({ state }) => state),
      nowMs,
    );
  });
  return { groups, removals, changes: ended.flatMap(({ state }) => endAlerts(state, nowMs)) };
}

function removalOf(group: RuleGroup, ended: readonly RuleState[], nowMs: number): PendingRemoval {
  const { intervalMs, queryOffsetMs } = group.definition;
  return {
    group: group.key,
    dueMs: nowMs + STALE_AFTER_INTERVALS * intervalMs,
    queryOffsetMs,
    series: [...group.staleSeries, ...ended.flatMap(({ series }) => series)],
  };
}

/** The stale marks of a removed group once it is due; nothing before that. */
export function removalSamples(removal: PendingRemoval, nowMs: number): readonly RuleSample[] {
  if (nowMs < removal.dueMs) return [];
  return staleSamples(removal.series, nowMs - removal.queryOffsetMs);
}

interface Copied {
  /** Rules of the old group that the new one does not have. */
  readonly lost: readonly RuleState[];
  /** Rules of the new group that got their state. */
  readonly found: ReadonlySet<RuleState>;
}

const NOTHING_COPIED: Copied = { lost: [], found: new Set() };

/** Copies the state of rules with the same name and labels, the first to the first and so on. */
function copyState(from: RuleGroup, to: RuleGroup): Copied {
  const known = new Map(from.rules.map((state) => [state.key, state]));
  const found = new Set<RuleState>();
  for (const state of to.rules) {
    const before = known.get(state.key);
    if (before === undefined) continue;
    known.delete(state.key);
    found.add(state);
    takeState(before, state);
  }
  to.lastEvaluationMs = from.lastEvaluationMs;
  to.staleSeries = from.staleSeries;
  return { lost: [...known.values()], found };
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
