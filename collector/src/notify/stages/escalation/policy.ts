import type { LabelMatchers, LabelRecord } from '../matching/label-matchers.ts';

/** Who is told, and how long after the group began to fire. */
export interface EscalationStep {
  readonly afterMs: number;
  readonly receivers: readonly string[];
}

export interface EscalationPolicy {
  readonly name: string;
  readonly matchers: LabelMatchers;
  /** In order of their times. */
  readonly steps: readonly EscalationStep[];
  /** How often the steps are gone through again. */
  readonly repeat: number;
  /** Alerts below this rank do not escalate: 0 is INFO, 3 is CRITICAL. */
  readonly rankMin: number;
}

/** The annotation that names a policy, whatever the matchers say. */
const POLICY_ANNOTATION = 'escalation_policy';

/** The policy of a group: the one that an alert names, else the first that fits an alert. */
export function policyOf(
  alerts: readonly { readonly labels: LabelRecord; readonly annotations: LabelRecord }[],
  policies: readonly EscalationPolicy[],
): EscalationPolicy | undefined {
  for (const { annotations } of alerts) {
    const named = policies.find(({ name }) => name === annotations[POLICY_ANNOTATION]);
    if (named !== undefined) return named;
  }
  return policies.find(({ matchers }) => alerts.some(({ labels }) => matchers.matches(labels)));
}
