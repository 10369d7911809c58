import type { Labels } from '../model/labels.ts';

import {
  type AlertChange,
  type AlertMap,
  evaluateAlertingRule,
  type PreparedAlertingRule,
  prepareAlertingRule,
} from './alert/alert-rule.ts';
import { type Alert, type AlertPolicy, shiftAlert } from './alert/alert-state.ts';
import type { RuleEnvironment, RuleSample } from './evaluation.ts';
import { evaluateRecordingRule } from './recording-rule.ts';
import { type GroupDefinition, groupKey, type Rule, ruleKeys } from './rule.ts';
import { historyMs } from './window.ts';

/** How many past evaluations a rule remembers. */
const EVALUATIONS_KEPT = 20;

export type RuleHealth = 'unknown' | 'ok' | 'err';

/** One past evaluation of a rule. */
export interface RuleEvaluation {
  readonly timeMs: number;
  readonly durationMs: number;
  /** Samples that the rule wrote. */
  readonly samples: number;
  readonly error?: string;
}

/** What a group carries from one evaluation of a rule to the next. */
export interface RuleState {
  readonly key: string;
  readonly rule: Rule;
  readonly prepared: PreparedAlertingRule | undefined;
  alerts: AlertMap;
  /** Series written by the last successful evaluation. */
  series: readonly Labels[];
  health: RuleHealth;
  lastError: string | undefined;
  /** The last evaluations, newest first. */
  readonly evaluations: RuleEvaluation[];
}

/** Restored alerts stay as they are until their data is back. */
export interface RestoreHold {
  /** The first sample since the restart came at this time; `undefined`: none yet. */
  readonly dataSinceMs: number | undefined;
  /** No alert is held longer than this after it was restored. */
  readonly holdMaxMs: number;
  /** How far back an instant selector looks. */
  readonly lookbackMs: number;
  /** No alert begins because something is missing. */
  readonly isAbsenceHeld?: boolean;
}

export interface GroupEvaluation {
  readonly group: string;
  readonly timeMs: number;
  readonly changes: readonly AlertChange[];
  /** Rules that failed, by name; an empty name stands for series of rules that are gone. */
  readonly errors: readonly { readonly rule: string; readonly error: string }[];
}

/** A rule group and the state of its rules. */
export class RuleGroup {
  readonly definition: GroupDefinition;
  readonly key: string;
  readonly rules: readonly RuleState[];
  /** Series of rules that are gone; the next evaluation marks them stale. */
  staleSeries: readonly Labels[] = [];
  lastEvaluationMs: number | undefined;

  constructor(definition: GroupDefinition) {
    this.definition = definition;
    this.key = groupKey(definition);
    const keys = ruleKeys(definition.rules);
    this.rules = definition.rules.map((rule, index) => newRuleState(rule, keys[index] ?? ''));
  }

  /** Carries the alerts over a clock that was set by `jumpMs`. */
  shiftTimes(jumpMs: number, nowMs: number): void {
    for (const state of this.rules) {
      state.alerts = new Map(
        [...state.alerts].map(([key, alert]) => [key, shiftAlert(alert, jumpMs, nowMs)]),
      );
    }
  }

  /** All alerts of the group, resolved ones that are still kept included. */
  alerts(): readonly Alert[] {
    return this.rules.flatMap(({ alerts }) => [...alerts.values()]);
  }

  /**
   * Evaluates every rule at `nowMs`, in order. A recorded sample is visible to later rules. A rule
   * that fails keeps its state and does not stop the others.
   */
  evaluate(nowMs: number, environment: RuleEnvironment, hold?: RestoreHold): GroupEvaluation {
    const changes: AlertChange[] = [];
    const errors: { rule: string; error: string }[] = [];
    for (const state of this.rules) {
      if (environment.isDue?.(state.rule) === false) continue;
      const startMs = environment.monotonicMs?.() ?? 0;
      const outcome = this.#evaluateRule(state, { nowMs, environment, hold });
      // No spread into `push`: a rule may have more alerts than a call may have arguments.
      for (const change of outcome.changes) changes.push(change);
      const durationMs = (environment.monotonicMs?.() ?? 0) - startMs;
      const { samples, error } = outcome;
      const evaluation = { timeMs: nowMs, durationMs, samples };
      remember(state, error === undefined ? evaluation : { ...evaluation, error });
      if (error !== undefined) errors.push({ rule: state.rule.name, error });
    }
    const staleError = this.#endStaleSeries(nowMs, environment);
    if (staleError !== undefined) errors.push({ rule: '', error: staleError });
    this.lastEvaluationMs = nowMs;
    return { group: this.key, timeMs: nowMs, changes, errors };
  }

  #evaluateRule(state: RuleState, input: EvaluationInput): RuleOutcome {
    const { nowMs, environment } = input;
    const { queryOffsetMs } = this.definition;
    let outcome: RuleOutcome = { changes: [], samples: 0 };
    try {
      const { samples, ...result } = this.#computeRule(state, input);
      outcome = { ...result, samples: samples.length };
      // As in Prometheus a rule that failed ends no series: what its query would have given is unknown.
      if (outcome.error === undefined) {
        const ended = endedSeries(state.series, samples);
        const stale = staleSamples(ended, nowMs - queryOffsetMs);
        const written = stale.length === 0 ? samples : [...samples, ...stale];
        if (written.length > 0) environment.append(written);
        // Only now: after an append that throws, the next evaluation still ends what ended in this one.
        state.series = seriesOf(samples, state.series);
      }
    } catch (error) {
      // Whatever fails inside a rule is that rule's error; the group goes on.
      outcome = { ...outcome, error: error instanceof Error ? error.message : String(error) };
    }
    return outcome;
  }

  #computeRule(
    state: RuleState,
    { nowMs, environment, hold }: EvaluationInput,
  ): Omit<RuleOutcome, 'samples'> & { readonly samples: readonly RuleSample[] } {
    const { queryOffsetMs, limit } = this.definition;
    const { rule, prepared } = state;
    const common = { environment, nowMs, queryOffsetMs, limit };
    if (rule.kind === 'recording') {
      return { samples: evaluateRecordingRule(rule, common), changes: [] };
    }
    const isHolding = holdFor(rule, hold, nowMs);
    const isStartHeld = hold?.isAbsenceHeld === true && prepared?.readsAbsence === true;
    const { alerts, ...outcome } = evaluateAlertingRule(
      prepared ?? prepareAlertingRule(rule),
      state.alerts,
      { ...common, isHolding, isStartHeld },
    );
    state.alerts = alerts;
    return outcome;
  }

  /** Ends the series of rules that are gone; what cannot be written is tried again next time. */
  #endStaleSeries(nowMs: number, environment: RuleEnvironment): string | undefined {
    if (this.staleSeries.length === 0) return undefined;
    try {
      environment.append(staleSamples(this.staleSeries, nowMs - this.definition.queryOffsetMs));
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
    this.staleSeries = [];
    return undefined;
  }
}

interface EvaluationInput {
  readonly nowMs: number;
  readonly environment: RuleEnvironment;
  readonly hold: RestoreHold | undefined;
}

interface RuleOutcome {
  readonly changes: readonly AlertChange[];
  readonly samples: number;
  readonly error?: string;
}

function newRuleState(rule: Rule, key: string): RuleState {
  return {
    key,
    rule,
    prepared: rule.kind === 'alerting' ? prepareAlertingRule(rule) : undefined,
    alerts: new Map(),
    series: [],
    health: 'unknown',
    lastError: undefined,
    evaluations: [],
  };
}

function remember(state: RuleState, evaluation: RuleEvaluation): void {
  state.health = evaluation.error === undefined ? 'ok' : 'err';
  state.lastError = evaluation.error;
  state.evaluations.unshift(evaluation);
  if (state.evaluations.length > EVALUATIONS_KEPT) state.evaluations.pop();
}

/** The series of samples; the list of the evaluation before when it wrote the same. */
function seriesOf(samples: readonly RuleSample[], before: readonly Labels[]): readonly Labels[] {
  return isSameSeries(before, samples) ? before : samples.map(({ labels }) => labels);
}

/** Whether samples are of these series, in this order and with these very objects. */
function isSameSeries(series: readonly Labels[], samples: readonly RuleSample[]): boolean {
  if (series.length !== samples.length) return false;
  return samples.every(({ labels }, index) => labels === series[index]);
}

/** Series that the last evaluation wrote, but this one does not. */
function endedSeries(before: readonly Labels[], samples: readonly RuleSample[]): readonly Labels[] {
  if (before.length === 0 || isSameSeries(before, samples)) return NO_SERIES;
  const now = new Set(samples.map(({ labels }) => labels.key));
  return before.filter(({ key }) => !now.has(key));
}

const NO_SERIES: readonly Labels[] = [];

/** Marks that end series. */
export function staleSamples(series: readonly Labels[], timeMs: number): readonly RuleSample[] {
  return series.map((labels) => ({ labels, timeMs, isStale: true }));
}

/**
 * A restored alert whose condition seems gone is held until fresh data covers the rule's window:
 * before that, an absent condition may only mean that its samples were lost.
 */
function holdFor(
  rule: Rule,
  hold: RestoreHold | undefined,
  nowMs: number,
): AlertPolicy['isHolding'] {
  if (hold === undefined) return () => false;
  const windowMs = historyMs(rule.expr, hold.lookbackMs);
  const isCovered = hold.dataSinceMs !== undefined && nowMs - hold.dataSinceMs >= windowMs;
  return ({ heldSinceMs }) => {
    return heldSinceMs !== undefined && !isCovered && nowMs - heldSinceMs < hold.holdMaxMs;
  };
}
