import type { RuleGroup } from '../../rules/group.ts';
import type { Rule } from '../../rules/rule.ts';

/**
 * A tick that comes late must not evaluate a rule at its slot when samples woke it after the slot:
 * it would see the past and undo what was just decided. A clock that was set back is another case.
 */
export function dueAtSlot(
  group: RuleGroup,
  slotMs: number,
  isPast: boolean,
): ((rule: Rule) => boolean) | undefined {
  const { intervalMs } = group.definition;
  const later = group.rules.filter(({ evaluations: [last] }) => {
    const aheadMs = last === undefined ? 0 : last.timeMs - slotMs;
    return aheadMs > 0 && (isPast || aheadMs < intervalMs);
  });
  if (later.length === 0) return undefined;
  const done = new Set(later.map(({ rule }) => rule));
  return (rule) => !done.has(rule);
}
