import { TemplateError } from '../model/template/error.ts';
import { PROMETHEUS_FUNCTION_NAMES } from '../model/template/functions/prometheus.ts';
import { executeTemplate, parseTemplate, type Template } from '../model/template/template.ts';
import type { GoFunction, ObjectValue, Value } from '../model/template/value.ts';
import { stringMap } from '../model/template/value.ts';

/** Convenience variables that Prometheus puts in front of every template of a rule. */
const DEFINITIONS =
  '{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}' +
  '{{$externalURL := .ExternalURL}}{{$value := .Value}}';

/** A label or annotation of an alerting rule: plain text, or a template that was parsed. */
export interface RuleText {
  readonly name: string;
  readonly text: string;
  /** Absent when the text has no actions. */
  readonly template?: Template;
  /** Why the template does not parse, in the words of Go. */
  readonly problem?: string;
}

/** Parses the template of a label or annotation; a fault is kept and shows up when it is expanded. */
export function parseRuleText(alertName: string, text: string): RuleText {
  const name = `__alert_${alertName}`;
  if (!text.includes('{{')) return { name, text };
  try {
    const options = { name, functions: PROMETHEUS_FUNCTION_NAMES };
    return { name, text, template: parseTemplate(DEFINITIONS + text, options) };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return { name, text, problem: error.message };
  }
}

/** What the templates of one alert see. */
export interface RuleTextData {
  /** The labels of the element, `__name__` included. */
  readonly labels: Readonly<Record<string, string>>;
  readonly externalLabels: Readonly<Record<string, string>>;
  readonly externalUrl: string;
  readonly value: Value;
}

export function ruleTextData(data: RuleTextData): ObjectValue {
  return {
    kind: 'object',
    typeName:
      'struct { Labels map[string]string; ExternalLabels map[string]string; ExternalURL string; Value interface {} }',
    fields: {
      Labels: stringMap(data.labels),
      ExternalLabels: stringMap(data.externalLabels),
      ExternalURL: data.externalUrl,
      Value: data.value,
    },
  };
}

/** Expands a text. A failing template yields `<error expanding template: ...>`, never an error. */
export function expandRuleText(
  ruleText: RuleText,
  data: ObjectValue,
  functions: ReadonlyMap<string, GoFunction>,
): string {
  const { name, template, problem } = ruleText;
  if (problem !== undefined) return failure(`error parsing template ${name}: ${problem}`);
  if (template === undefined) return ruleText.text;
  try {
    return executeTemplate(template, data, { functions });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return failure(`error executing template ${name}: ${error.message}`);
  }
}

function failure(message: string): string {
  return `<error expanding template: ${message}>`;
}
