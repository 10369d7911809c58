import { formatHistogram } from '../model/histogram-format.ts';
import { Labels, METRIC_NAME_LABEL } from '../model/labels.ts';
import { prometheusFunctions } from '../model/template/functions/prometheus.ts';
import type { GoFunction } from '../model/template/value.ts';

import type { VectorElement } from '../promql/eval/values.ts';

import {
  type Alert,
  type AlertElement,
  type AlertPolicy,
  type AlertTransition,
  stepAlert,
} from './alert-state.ts';
import { type RuleEnvironment, type RuleSample, toElements } from './evaluation.ts';
import type { AlertingRule } from './rule.ts';
import { expandRuleText, parseRuleText, type RuleText, ruleTextData } from './rule-text.ts';

export const ALERTS_METRIC = 'ALERTS';
export const ALERTS_FOR_STATE_METRIC = 'ALERTS_FOR_STATE';
export const ALERT_NAME_LABEL = 'alertname';
export const ALERT_STATE_LABEL = 'alertstate';

/** Alerts of one rule by `labels.key`. */
export type AlertMap = ReadonlyMap<string, Alert>;

/** A change of one alert, with what the notifier and the history show of it. */
export interface AlertChange extends AlertTransition {
  readonly rule: string;
  readonly timeMs: number;
  /** The alert after the change; before it when the alert is forgotten. */
  readonly alert: Alert;
}

/** An alerting rule with its templates parsed once. */
export interface PreparedAlertingRule {
  readonly rule: AlertingRule;
  readonly labels: readonly (readonly [name: string, text: RuleText])[];
  readonly annotations: readonly (readonly [name: string, text: RuleText])[];
}

export function prepareAlertingRule(rule: AlertingRule): PreparedAlertingRule {
  const parse = (texts: Readonly<Record<string, string>>): PreparedAlertingRule['labels'] => {
    return Object.entries(texts).map(([name, text]) => [name, parseRuleText(rule.name, text)]);
  };
  return { rule, labels: parse(rule.labels), annotations: parse(rule.annotations) };
}

export interface AlertingInput {
  readonly environment: RuleEnvironment;
  readonly nowMs: number;
  readonly queryOffsetMs: number;
  readonly limit: number;
  readonly isHolding: AlertPolicy['isHolding'];
}

export interface AlertingOutcome {
  readonly alerts: AlertMap;
  readonly samples: readonly RuleSample[];
  readonly changes: readonly AlertChange[];
  /** Set when the limit was exceeded: the alerts are gone, and nothing is written. */
  readonly error?: string;
}

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
  const { nowMs, limit } = input;
  const found = findElements(prepared, input);
  const policy = { ...prepared.rule, isHolding: input.isHolding };
  const next = new Map<string, Alert>();
  const changes: AlertChange[] = [];
  for (const key of new Set([...alerts.keys(), ...found.keys()])) {
    const before = alerts.get(key);
    const { alert, transition } = stepAlert(before, found.get(key), { nowMs, policy });
    if (alert !== undefined) next.set(key, alert);
    const shown = alert ?? before;
    if (transition !== undefined && shown !== undefined) {
      changes.push({ ...transition, rule: prepared.rule.name, timeMs: nowMs, alert: shown });
    }
  }
  const active = [...next.values()].filter(({ status }) => status !== 'inactive');
  if (limit > 0 && active.length > limit) {
    const error = `exceeded limit of ${limit} with ${active.length} alerts`;
    return {
      alerts: new Map(),
      samples: [],
      changes: forgetAll(prepared.rule, alerts, nowMs),
      error,
    };
  }
  const timeMs = nowMs - input.queryOffsetMs;
  return { alerts: next, samples: stateSamples(prepared.rule, active, timeMs), changes };
}

function forgetAll(rule: AlertingRule, alerts: AlertMap, timeMs: number): readonly AlertChange[] {
  return [...alerts.values()]
    .filter(({ status }) => status !== 'inactive')
    .map((alert): AlertChange => {
      const transition = { from: alert.status, to: undefined, reason: 'limit_exceeded' } as const;
      return { ...transition, rule: rule.name, timeMs, alert };
    });
}

function findElements(
  prepared: PreparedAlertingRule,
  { environment, nowMs, queryOffsetMs }: AlertingInput,
): ReadonlyMap<string, AlertElement> {
  const elements = toElements(environment.query(prepared.rule.expr, nowMs - queryOffsetMs));
  const functions = prometheusFunctions({
    query: (text) => {
      return toElements(environment.queryText(text, nowMs)).map(({ labels, value }) => {
        return { labels, value: value ?? 0 };
      });
    },
    nowMs,
    externalUrl: environment.externalUrl,
  });
  const found = new Map<string, AlertElement>();
  for (const element of elements) {
    const alert = expandElement(prepared, element, { environment, functions });
    if (found.has(alert.labels.key)) {
      throw new Error('vector contains metrics with the same labelset after applying alert labels');
    }
    found.set(alert.labels.key, alert);
  }
  return found;
}

function expandElement(
  { rule, labels, annotations }: PreparedAlertingRule,
  element: VectorElement,
  context: {
    readonly environment: RuleEnvironment;
    readonly functions: ReadonlyMap<string, GoFunction>;
  },
): AlertElement {
  const { externalLabels, externalUrl } = context.environment;
  const value = element.value ?? 0;
  const shown = element.histogram === undefined ? value : formatHistogram(element.histogram);
  const data = ruleTextData({
    labels: element.labels.toRecord(),
    externalLabels,
    externalUrl,
    value: shown,
  });
  const expand = ([name, text]: readonly [string, RuleText]): [string, string] => {
    return [name, expandRuleText(text, data, context.functions)];
  };
  return {
    labels: Labels.fromPairs([
      ...element.labels.withoutMetricName(),
      ...labels.map(expand),
      [ALERT_NAME_LABEL, rule.name],
    ]),
    annotations: Object.fromEntries(annotations.map(expand)),
    value,
  };
}

/** `ALERTS` and `ALERTS_FOR_STATE` of the pending and firing alerts. */
export function stateSamples(
  rule: AlertingRule,
  alerts: readonly Alert[],
  timeMs: number,
): readonly RuleSample[] {
  // Upstream starts from the labels as written, so one that expands to nothing shows its template.
  const written = Object.entries(rule.labels);
  return alerts.flatMap(({ labels, status, activeAtMs }): RuleSample[] => {
    const pairs: (readonly [string, string])[] = [...written, ...labels];
    return [
      {
        labels: Labels.fromPairs([
          ...pairs,
          [METRIC_NAME_LABEL, ALERTS_METRIC],
          [ALERT_STATE_LABEL, status],
        ]),
        timeMs,
        value: 1,
      },
      {
        labels: Labels.fromPairs([...pairs, [METRIC_NAME_LABEL, ALERTS_FOR_STATE_METRIC]]),
        timeMs,
        value: Math.floor(activeAtMs / 1000),
      },
    ];
  });
}
