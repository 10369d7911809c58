import type { RuleGroup, RuleState } from '../group.ts';

/** A rule and the group that it stands in. */
interface Placed {
  readonly group: RuleGroup;
  readonly state: RuleState;
}

/** Hands what one state knows to another of the same rule. */
export function takeState(before: RuleState, state: RuleState): void {
  state.alerts = before.alerts;
  state.series = before.series;
  state.health = before.health;
  state.lastError = before.lastError;
  state.evaluations.push(...before.evaluations);
}

/**
 * Gives rules that moved their state: because their group or file was renamed, or because they stand
 * in another group now. A rule is the same when kind, name, labels and expression are. Of several,
 * one of a group of the same name is taken, else one of the same file, else the first.
 *
 * @param orphans rules that are gone from where they stood.
 * @param newcomers rules that are new where they stand.
 * @returns the orphans that were not taken.
 */
export function adoptStates(
  orphans: readonly Placed[],
  newcomers: readonly Placed[],
): readonly Placed[] {
  const left = new Set(orphans);
  for (const newcomer of newcomers) {
    const same = [...left].filter((orphan) => isSameRule(orphan.state, newcomer.state));
    const chosen =
      same.find(({ group }) => group.definition.name === newcomer.group.definition.name) ??
      same.find(({ group }) => group.definition.file === newcomer.group.definition.file) ??
      same[0];
    if (chosen === undefined) continue;
    left.delete(chosen);
    takeState(chosen.state, newcomer.state);
    newcomer.group.lastEvaluationMs ??= chosen.group.lastEvaluationMs;
  }
  return [...left];
}

function isSameRule(left: RuleState, right: RuleState): boolean {
  return left.key === right.key && left.rule.exprText === right.rule.exprText;
}

/** All rules of a group with their place. */
export const placesOf = (group: RuleGroup): readonly Placed[] =>
  group.rules.map((state) => ({ group, state }));
