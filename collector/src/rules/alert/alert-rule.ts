import type { RuleEnvironment, RuleSample } from '../evaluation.ts';
import type { AlertingRule } from '../rule.ts';
import { readsAbsence } from './absence.ts';
import { type AlertTexts, findAlerts, parseAlertTexts } from './alert-elements.ts';
import { AlertMemory, type KnownAlert } from './alert-memory.ts';
import { addStateSamples, stateSeries } from './alert-series.ts';
import {
  type Alert,
  type AlertElement,
  type AlertPolicy,
  type AlertTransition,
  stepAlert,
} from './alert-state.ts';

/** Alerts of one rule by `labels.key`. */
export type AlertMap = ReadonlyMap<string, Alert>;

/** A change of one alert, with what the notifier and the history show of it. */
export interface AlertChange extends AlertTransition {
  readonly rule: string;
  readonly timeMs: number;
  /** The alert after the change; before it when the alert is forgotten. */
  readonly alert: Alert;
  /** When the alert fired, if it did before the change: what is told of its end must say the same. */
  readonly firedAtMs?: number;
}

/** An alerting rule with its templates parsed once. */
export interface PreparedAlertingRule {
  readonly rule: AlertingRule;
  readonly texts: AlertTexts;
  readonly readsAbsence: boolean;
  readonly memory: AlertMemory;
}

export function prepareAlertingRule(rule: AlertingRule): PreparedAlertingRule {
  return {
    rule,
    texts: parseAlertTexts(rule),
    readsAbsence: readsAbsence(rule.expr),
    memory: new AlertMemory(),
  };
}

export interface AlertingInput {
  readonly environment: RuleEnvironment;
  readonly nowMs: number;
  readonly queryOffsetMs: number;
  readonly limit: number;
  readonly isHolding: AlertPolicy['isHolding'];
  readonly isStartHeld?: boolean;
}

export interface AlertingOutcome {
  readonly alerts: AlertMap;
  readonly samples: readonly RuleSample[];
  readonly changes: readonly AlertChange[];
  /** Set when the limit was exceeded: the alerts are gone, and nothing is written. */
  readonly error?: string;
}

/** Most rules, most of the time. */
const NOTHING: AlertingOutcome = { alerts: new Map(), samples: [], changes: [] };

/**
 * Evaluates an alerting rule once.
 *
 * @throws {Error} when the query fails or two alerts get the same labels; no state changes then.
 */
export function evaluateAlertingRule(
  prepared: PreparedAlertingRule,
  alerts: AlertMap,
  input: AlertingInput,
): AlertingOutcome {
  const { rule, memory } = prepared;
  memory.startEvaluation();
  const found = findAlerts(prepared, input);
  // One object for all rules that see nothing, at every evaluation.
  if (found.length === 0 && alerts.size === 0) return NOTHING;
  const round = new Round(prepared, input);
  let knownCount = 0;
  for (const before of alerts.values()) {
    const known = memory.alert(before.labels);
    const isFound = known.foundIn === memory.number;
    if (isFound) knownCount += 1;
    round.step(known, before, isFound ? known.element : undefined);
  }
  if (knownCount < found.length) {
    for (const known of found) {
      if (!alerts.has(known.labels.key)) round.step(known, undefined, known.element);
    }
  }
  const { limit, nowMs } = input;
  if (limit > 0 && round.activeCount > limit) {
    const error = `exceeded limit of ${limit} with ${round.activeCount} alerts`;
    return { alerts: new Map(), samples: [], changes: forgetAll(rule, alerts, nowMs), error };
  }
  return { alerts: round.alerts, samples: round.samples, changes: round.changes };
}

/** One evaluation's steps of all alerts of a rule, and what comes of them. */
class Round {
  readonly alerts: Map<string, Alert> = new Map();
  readonly samples: RuleSample[] = [];
  readonly changes: AlertChange[] = [];
  /** Alerts that are pending or firing. */
  activeCount = 0;
  readonly #rule: AlertingRule;
  readonly #moment: Parameters<typeof stepAlert>[2];
  readonly #sampleMs: number;

  constructor({ rule }: PreparedAlertingRule, input: AlertingInput) {
    const { nowMs, queryOffsetMs, isHolding, isStartHeld = false } = input;
    const { forMs, keepFiringForMs } = rule;
    this.#rule = rule;
    this.#moment = { nowMs, policy: { forMs, keepFiringForMs, isHolding, isStartHeld } };
    this.#sampleMs = nowMs - queryOffsetMs;
  }

  step(known: KnownAlert, before: Alert | undefined, element: AlertElement | undefined): void {
    const { alert, transition } = stepAlert(before, element, this.#moment);
    if (transition !== undefined) this.#noteChange(transition, before, alert);
    if (alert === undefined) return;
    this.alerts.set(known.labels.key, alert);
    if (alert.status === 'inactive') return;
    this.activeCount += 1;
    const series = stateSeries(this.#rule, known, alert.status);
    addStateSamples(this.samples, alert, { series, timeMs: this.#sampleMs });
  }

  #noteChange(
    transition: AlertTransition,
    before: Alert | undefined,
    after: Alert | undefined,
  ): void {
    const alert = after ?? before;
    if (alert === undefined) return;
    const change = { ...transition, rule: this.#rule.name, timeMs: this.#moment.nowMs, alert };
    const { firedAtMs } = before ?? {};
    this.changes.push(firedAtMs === undefined ? change : { ...change, firedAtMs });
  }
}

function forgetAll(rule: AlertingRule, alerts: AlertMap, timeMs: number): readonly AlertChange[] {
  return [...alerts.values()]
    .filter(({ status }) => status !== 'inactive')
    .map((alert): AlertChange => {
      const transition = { from: alert.status, to: undefined, reason: 'limit_exceeded' } as const;
      return { ...transition, rule: rule.name, timeMs, alert };
    });
}
