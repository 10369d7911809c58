import { formatHistogram } from '../../model/histogram/format.ts';
import { Labels } from '../../model/labels.ts';
import { prometheusFunctions } from '../../model/template/functions/prometheus.ts';
import type { GoFunction } from '../../model/template/value.ts';
import type { VectorElement } from '../../promql/eval/values.ts';
import { type RuleEnvironment, type RuleSample, toElements } from '../evaluation.ts';
import type { AlertingRule } from '../rule.ts';
import { readsAbsence } from './absence.ts';
import {
  type Alert,
  type AlertElement,
  type AlertPolicy,
  type AlertTransition,
  stepAlert,
} from './alert-state.ts';
import { LabelCache, metricLabels } from './label-cache.ts';
import {
  expandRuleText,
  parseRuleText,
  type RuleText,
  type RuleTextData,
  ruleTextVariables,
} from './rule-text.ts';

export const ALERTS_METRIC = 'ALERTS';
export const ALERTS_FOR_STATE_METRIC = 'ALERTS_FOR_STATE';
export const ALERT_NAME_LABEL = 'alertname';
const ALERT_STATE_LABEL = 'alertstate';

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
  readonly labels: readonly NamedText[];
  readonly annotations: readonly NamedText[];
  /** Whether no label has a template, so that an alert's labels follow from its element's. */
  readonly hasPlainLabels: boolean;
  /** Whether its texts follow from an element's labels and value, whenever they are expanded. */
  readonly isSteady: boolean;
  readonly readsAbsence: boolean;
  readonly cache: LabelCache;
}

type NamedText = readonly [name: string, text: RuleText];

/** Functions whose answer depends on the moment; the words in plain text do no harm. */
const MOMENTARY = /\b(?:query|now)\b/u;

export function prepareAlertingRule(rule: AlertingRule): PreparedAlertingRule {
  const parse = (texts: Readonly<Record<string, string>>): readonly NamedText[] => {
    return Object.entries(texts).map(([name, text]) => [name, parseRuleText(rule.name, text)]);
  };
  const labels = parse(rule.labels);
  const texts = [...Object.values(rule.labels), ...Object.values(rule.annotations)];
  return {
    rule,
    labels,
    annotations: parse(rule.annotations),
    hasPlainLabels: labels.every(([, text]) => text.isPlain),
    isSteady: !texts.some((text) => MOMENTARY.test(text)),
    readsAbsence: readsAbsence(rule.expr),
    cache: new LabelCache(),
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
  const { nowMs, limit } = input;
  prepared.cache.startEvaluation();
  const found = findElements(prepared, input);
  // One object for all rules that see nothing, at every evaluation.
  if (found.size === 0 && alerts.size === 0) return NOTHING;
  const { isHolding, isStartHeld = false } = input;
  const policy = { ...prepared.rule, isHolding, isStartHeld };
  const next = new Map<string, Alert>();
  const changes: AlertChange[] = [];
  const { name: rule } = prepared.rule;
  const changeOf = changesAt({ rule, timeMs: nowMs });
  for (const key of new Set([...alerts.keys(), ...found.keys()])) {
    const before = alerts.get(key);
    const { alert, transition } = stepAlert(before, found.get(key), { nowMs, policy });
    if (alert !== undefined) next.set(key, alert);
    if (transition !== undefined) changes.push(...changeOf(transition, before, alert));
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
  return { alerts: next, samples: stateSamples(prepared, active, timeMs), changes };
}

/** Makes a change of a transition; none when there is no alert before or after it. */
function changesAt(
  place: Pick<AlertChange, 'rule' | 'timeMs'>,
): (
  transition: AlertTransition,
  before: Alert | undefined,
  after: Alert | undefined,
) => readonly AlertChange[] {
  return (transition, before, after) => {
    const alert = after ?? before;
    if (alert === undefined) return [];
    const fired = before?.firedAtMs === undefined ? {} : { firedAtMs: before.firedAtMs };
    return [{ ...transition, ...place, alert, ...fired }];
  };
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
  const found = new Map<string, AlertElement>();
  if (elements.length === 0) return found;
  const context = expansionContext(environment, nowMs);
  for (const element of elements) {
    const alert = elementOf(prepared, element, context);
    if (found.has(alert.labels.key)) {
      throw new Error('vector contains metrics with the same labelset after applying alert labels');
    }
    found.set(alert.labels.key, alert);
  }
  return found;
}

interface ExpansionContext {
  readonly environment: RuleEnvironment;
  /** Made when the first text asks for them: most evaluations find all texts in the cache. */
  functions(): ReadonlyMap<string, GoFunction>;
}

function expansionContext(environment: RuleEnvironment, nowMs: number): ExpansionContext {
  let functions: ReadonlyMap<string, GoFunction> | undefined;
  const query = (text: string): readonly { labels: Labels; value: number }[] => {
    return toElements(environment.queryText(text, nowMs)).map(({ labels, value }) => {
      return { labels, value: value ?? 0 };
    });
  };
  return {
    environment,
    functions: () => {
      functions ??= prometheusFunctions({ query, nowMs, externalUrl: environment.externalUrl });
      return functions;
    },
  };
}

function elementOf(
  prepared: PreparedAlertingRule,
  element: VectorElement,
  context: ExpansionContext,
): AlertElement {
  const expand = (): AlertElement => expandElement(prepared, element, context);
  if (!prepared.isSteady || element.histogram !== undefined) return expand();
  return prepared.cache.alertElement(element, context.environment, expand);
}

function expandElement(
  prepared: PreparedAlertingRule,
  element: VectorElement,
  context: ExpansionContext,
): AlertElement {
  const { externalLabels, externalUrl } = context.environment;
  const value = element.value ?? 0;
  const data: RuleTextData = {
    labels: element.labels,
    externalLabels,
    externalUrl,
    value: element.histogram === undefined ? value : formatHistogram(element.histogram),
  };
  let variables: ReturnType<typeof ruleTextVariables> | undefined;
  const expand = ([name, text]: NamedText): [string, string] => {
    if (text.isPlain) return [name, text.text];
    variables ??= ruleTextVariables(data);
    return [name, expandRuleText(text, variables, context.functions())];
  };
  const makeLabels = (): Labels => {
    return Labels.fromPairs([
      ...element.labels.withoutMetricName(),
      ...prepared.labels.map(expand),
      [ALERT_NAME_LABEL, prepared.rule.name],
    ]);
  };
  return {
    labels: prepared.hasPlainLabels
      ? prepared.cache.alertLabels(element.labels, makeLabels)
      : makeLabels(),
    annotations: Object.fromEntries(prepared.annotations.map(expand)),
    value,
  };
}

/** `ALERTS` and `ALERTS_FOR_STATE` of the pending and firing alerts. */
function stateSamples(
  { rule, cache }: PreparedAlertingRule,
  alerts: readonly Alert[],
  timeMs: number,
): readonly RuleSample[] {
  // Upstream starts from the labels as written, so one that expands to nothing shows its template.
  const written = Object.entries(rule.labels);
  return alerts.flatMap(({ labels, status, activeAtMs }): RuleSample[] => {
    const known = cache.stateLabels(labels, status, () => {
      const pairs: (readonly [string, string])[] = [...written, ...labels];
      return {
        status,
        alerts: metricLabels(ALERTS_METRIC, [...pairs, [ALERT_STATE_LABEL, status]]),
        forState: metricLabels(ALERTS_FOR_STATE_METRIC, pairs),
      };
    });
    return [
      { labels: known.alerts, timeMs, value: 1 },
      { labels: known.forState, timeMs, value: Math.floor(activeAtMs / 1000) },
    ];
  });
}
