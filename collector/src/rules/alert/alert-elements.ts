import { formatHistogram } from '../../model/histogram/format.ts';
import { Labels } from '../../model/labels.ts';
import { prometheusFunctions } from '../../model/template/functions/prometheus.ts';
import type { GoFunction } from '../../model/template/value.ts';
import type { VectorElement } from '../../promql/eval/values.ts';
import { type RuleEnvironment, toElements } from '../evaluation.ts';
import type { AlertingRule } from '../rule.ts';
import type { AlertMemory, KnownAlert } from './alert-memory.ts';
import { ALERT_NAME_LABEL } from './alert-series.ts';
import type { AlertElement } from './alert-state.ts';
import {
  expandLine,
  expandRuleText,
  parseRuleText,
  type RuleText,
  type RuleTextData,
  ruleTextVariables,
} from './rule-text.ts';

type NamedText = readonly [name: string, text: RuleText];

/** The templates of an alerting rule, parsed once. */
export interface AlertTexts {
  readonly labels: readonly NamedText[];
  readonly annotations: readonly NamedText[];
  /** Whether no label has a template, so that an alert's labels follow from its element's. */
  readonly hasPlainLabels: boolean;
  /** Whether its texts follow from an element's labels and value, whenever they are expanded. */
  readonly isSteady: boolean;
}

/** Functions whose answer depends on the moment; the words in plain text do no harm. */
const MOMENTARY = /\b(?:query|now)\b/u;

export function parseAlertTexts(rule: AlertingRule): AlertTexts {
  const parse = (texts: Readonly<Record<string, string>>): readonly NamedText[] => {
    return Object.entries(texts).map(([name, text]) => [name, parseRuleText(rule.name, text)]);
  };
  const labels = parse(rule.labels);
  const texts = [...Object.values(rule.labels), ...Object.values(rule.annotations)];
  return {
    labels,
    annotations: parse(rule.annotations),
    hasPlainLabels: labels.every(([, text]) => text.isPlain),
    isSteady: !texts.some((text) => MOMENTARY.test(text)),
  };
}

/** A rule whose elements become alerts. */
interface ElementRule {
  readonly rule: AlertingRule;
  readonly texts: AlertTexts;
  readonly memory: AlertMemory;
}

interface ElementInput {
  readonly environment: RuleEnvironment;
  readonly nowMs: number;
  readonly queryOffsetMs: number;
}

/**
 * The alerts for whose labels the condition of a rule holds now, each with its `element`.
 *
 * @throws {Error} when the query fails or two elements get the labels of one alert.
 */
export function findAlerts(
  prepared: ElementRule,
  { environment, nowMs, queryOffsetMs }: ElementInput,
): readonly KnownAlert[] {
  const { memory, rule } = prepared;
  const elements = toElements(environment.query(rule.expr, nowMs - queryOffsetMs));
  const found: KnownAlert[] = [];
  if (elements.length === 0) return found;
  const context = expansionContext(environment, nowMs);
  for (const element of elements) {
    const alert = alertOf(prepared, element, context);
    if (alert.foundIn === memory.number) {
      throw new Error('vector contains metrics with the same labelset after applying alert labels');
    }
    alert.foundIn = memory.number;
    found.push(alert);
  }
  return found;
}

interface ExpansionContext {
  readonly environment: RuleEnvironment;
  /** Made when the first text asks for them: most evaluations find all texts in the memory. */
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

/** The alert of an element, whose texts are expanded again only when its value is another. */
function alertOf(
  prepared: ElementRule,
  element: VectorElement,
  context: ExpansionContext,
): KnownAlert {
  const { texts, memory } = prepared;
  const { externalLabels, externalUrl } = context.environment;
  const { labels, value, histogram } = element;
  const known = memory.element(labels);
  const isSame =
    known !== undefined &&
    texts.isSteady &&
    histogram === undefined &&
    Object.is(known.value, value) &&
    known.externalLabels === externalLabels &&
    known.externalUrl === externalUrl;
  if (isSame) {
    memory.use(known.alert);
    known.alert.element = known.element;
    return known.alert;
  }
  const expanded = expandElement(prepared, element, { context, before: known?.element });
  const alert =
    known?.alert.labels === expanded.labels ? known.alert : memory.alert(expanded.labels);
  memory.use(alert);
  alert.element = expanded;
  // The value of a histogram is not kept: `undefined` is no value, so that it is never the same.
  const made = { alert, value, externalLabels, externalUrl, element: expanded };
  if (known === undefined) memory.addElement(labels, made);
  else Object.assign(known, made);
  return alert;
}

function expandElement(
  { rule, texts }: ElementRule,
  element: VectorElement,
  {
    context,
    before,
  }: { readonly context: ExpansionContext; readonly before?: AlertElement | undefined },
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
    const functions = context.functions();
    const line = expandLine(text, data, functions);
    if (line !== undefined) return [name, line];
    variables ??= ruleTextVariables(data);
    return [name, expandRuleText(text, variables, functions)];
  };
  const labels =
    texts.hasPlainLabels && before !== undefined
      ? before.labels
      : Labels.fromPairs([
          ...element.labels.withoutMetricName(),
          ...texts.labels.map(expand),
          [ALERT_NAME_LABEL, rule.name],
        ]);
  return { labels, annotations: Object.fromEntries(texts.annotations.map(expand)), value };
}
