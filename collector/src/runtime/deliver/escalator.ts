import {
  afterStep,
  type Escalation,
  holdEscalation,
  resumeEscalation,
  startEscalation,
} from '../../notify/stages/escalation/escalation.ts';
import { type EscalationPolicy, policyOf } from '../../notify/stages/escalation/policy.ts';
import type { ViewedGroup } from '../../notify/stages/group-view.ts';
import type { AlertGroup } from '../../notify/stages/routing/alert-groups.ts';
import type { Flusher } from './flusher.ts';
import type { NotifierOptions } from './notifier-options.ts';
import type { NotifierState } from './notifier-state.ts';

/** Tells more people, step by step, until what fires is acknowledged. */
export class Escalator {
  readonly #state: NotifierState;
  readonly #flusher: Flusher;
  #options: NotifierOptions;

  constructor(state: NotifierState, flusher: Flusher, options: NotifierOptions) {
    this.#state = state;
    this.#flusher = flusher;
    this.#options = options;
  }

  setOptions(options: NotifierOptions): void {
    this.#options = options;
  }

  /** When the next step is due. */
  nextDueMs(): number | undefined {
    const times = [...this.#state.escalations()].flatMap(({ dueMs }) => dueMs ?? []);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** Starts, holds, resumes or ends the escalation of a group by what is visible of it. */
  review(group: AlertGroup, viewed: ViewedGroup, nowMs: number): void {
    const known = this.#state.escalation(group.id);
    if (this.#options.policies.length === 0 && known === undefined) return;
    const { firing, muted } = viewed.view;
    if (firing.length + muted.length === 0) {
      if (known !== undefined) this.#state.setEscalation(group.id, undefined);
      return;
    }
    const needing = this.#needing(viewed);
    if (known !== undefined) {
      const next =
        needing.length === 0 ? holdEscalation(known, nowMs) : resumeEscalation(known, nowMs);
      if (next !== known) this.#state.setEscalation(group.id, next);
      return;
    }
    const policy = policyOf(needing, this.#options.policies);
    if (policy === undefined || !needing.some(({ labels }) => this.#isRanked(labels, policy)))
      return;
    const sinceMs = Math.min(...needing.map(({ startsAtMs }) => startsAtMs));
    this.#state.setEscalation(group.id, startEscalation(group.id, policy, sinceMs));
  }

  /** Sends every step that is due, one for each group: overdue ones do not go out in a burst. */
  runDue(nowMs: number): void {
    for (const escalation of this.#state.escalations()) {
      if (escalation.dueMs !== undefined && escalation.dueMs <= nowMs) this.#run(escalation, nowMs);
    }
  }

  /** Sends the next step now. Returns whether there was one. */
  runNow(groupId: string, nowMs: number): boolean {
    const escalation = this.#state.escalation(groupId);
    if (escalation === undefined || escalation.isDone === true) return false;
    this.#run(escalation, nowMs);
    return true;
  }

  #run(escalation: Escalation, nowMs: number): void {
    const group = this.#state.groups.get(escalation.groupId);
    const policy = this.#options.policies.find(({ name }) => name === escalation.policy);
    const step = policy?.steps[escalation.step];
    if (group === undefined || policy === undefined || step === undefined) {
      this.#state.setEscalation(escalation.groupId, undefined);
      return;
    }
    const viewed = this.#flusher.view(group, nowMs);
    if (!this.#needing(viewed).some(({ labels }) => this.#isRanked(labels, policy))) {
      this.#state.setEscalation(group.id, holdEscalation(escalation, nowMs));
      return;
    }
    const shown = { policy: policy.name, step: escalation.step + 1 };
    for (const addressee of this.#flusher.addressees(step.receivers)) {
      this.#flusher.send({ group, viewed, nowMs }, addressee, {
        reason: 'escalation',
        escalation: shown,
      });
    }
    const next = afterStep(escalation, policy, nowMs);
    this.#state.setEscalation(group.id, next);
    const reason = `${policy.name} step ${escalation.step + 1}`;
    this.#state.note({ tsMs: nowMs, kind: 'escalation.sent', groupKey: group.key, reason });
    if (next.isDone !== true) return;
    this.#state.note({
      tsMs: nowMs,
      kind: 'escalation.done',
      groupKey: group.key,
      reason: policy.name,
    });
  }

  /** Visible firing alerts that no person has acknowledged. */
  #needing({ view, alerts }: ViewedGroup): ViewedGroup['alerts'] {
    const firing = new Set(view.firing.filter((each) => !view.acknowledged.has(each)));
    return alerts.filter(({ fingerprint }) => firing.has(fingerprint));
  }

  #isRanked(labels: Readonly<Record<string, string>>, { rankMin }: EscalationPolicy): boolean {
    return this.#options.rankOf(labels) >= rankMin;
  }
}
