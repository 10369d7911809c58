import type { EscalationPolicy } from './policy.ts';

/** How far the escalation of one alert group is. */
export interface Escalation {
  readonly groupId: string;
  readonly policy: string;
  /** The step that is due next, from 0. */
  readonly step: number;
  /** How often all steps were gone through. */
  readonly round: number;
  /** When the step is due; absent while a person's acknowledgement or a mute holds it. */
  readonly dueMs?: number;
  /** What was left until the step when it was held. */
  readonly remainingMs?: number;
  /** Every step and repeat is done. */
  readonly isDone?: boolean;
  /** Receivers that a step reached, who are to hear of the end. */
  readonly reached: readonly string[];
}

/** The escalation of a group whose first alert began to fire at `sinceMs`. */
export function startEscalation(
  groupId: string,
  policy: EscalationPolicy,
  sinceMs: number,
): Escalation {
  const dueMs = sinceMs + (policy.steps[0]?.afterMs ?? 0);
  return { groupId, policy: policy.name, step: 0, round: 0, dueMs, reached: [] };
}

/** After a step was sent: the next one, or the first of the next round, or the end. */
export function afterStep(
  escalation: Escalation,
  { steps, repeat }: EscalationPolicy,
  nowMs: number,
): Escalation {
  const { step, round } = escalation;
  const { dueMs: _due, remainingMs: _remaining, ...rest } = escalation;
  const reached = [...new Set([...escalation.reached, ...(steps[step]?.receivers ?? [])])];
  const next = step + 1 < steps.length ? { step: step + 1, round } : { step: 0, round: round + 1 };
  if (next.round > repeat) return { ...rest, reached, isDone: true };
  // Times count from the step before, so that overdue steps do not go out in a burst.
  const sinceMs = next.step === 0 ? 0 : (steps[step]?.afterMs ?? 0);
  const waitMs = (steps[next.step]?.afterMs ?? 0) - sinceMs;
  const gapMs = next.step === 0 ? Math.max(waitMs, roundGapMs(steps)) : waitMs;
  return { ...rest, ...next, reached, dueMs: nowMs + gapMs };
}

/** Between the last step and the first of the next round: the longest wait between two steps. */
function roundGapMs(steps: EscalationPolicy['steps']): number {
  const gaps = steps.map(({ afterMs }, index) => afterMs - (steps[index - 1]?.afterMs ?? 0));
  return Math.max(MINUTE_MS, ...gaps);
}

const MINUTE_MS = 60_000;

/** Holds the escalation while nothing of the group needs a person. */
export function holdEscalation(escalation: Escalation, nowMs: number): Escalation {
  const { dueMs, ...rest } = escalation;
  if (dueMs === undefined || escalation.isDone === true) return escalation;
  return { ...rest, remainingMs: Math.max(0, dueMs - nowMs) };
}

/** Lets it go on at the same step with the time that was left. */
export function resumeEscalation(escalation: Escalation, nowMs: number): Escalation {
  const { remainingMs, ...rest } = escalation;
  if (remainingMs === undefined || escalation.isDone === true) return escalation;
  return { ...rest, dueMs: nowMs + remainingMs };
}
