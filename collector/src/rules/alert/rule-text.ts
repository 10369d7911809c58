import type { Labels } from '../../model/labels.ts';
import { TemplateError } from '../../model/template/error.ts';
import { PROMETHEUS_FUNCTION_NAMES } from '../../model/template/functions/prometheus.ts';
import { type Line, lineOf, type ReadValue } from '../../model/template/run/line.ts';
import {
  executeTemplate,
  parseTemplate,
  runLine,
  type Template,
} from '../../model/template/template.ts';
import type { GoFunction, MapValue, ObjectValue, Value } from '../../model/template/value.ts';
import { stringMap } from '../../model/template/value.ts';

/** Convenience variables that Prometheus puts in front of every template of a rule. */
const DEFINITIONS =
  '{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}' +
  '{{$externalURL := .ExternalURL}}{{$value := .Value}}';
const DEFINITION_COUNT = 4;

/** A label or annotation of an alerting rule: plain text, or a template that was parsed. */
export interface RuleText {
  readonly name: string;
  readonly text: string;
  /** The text has no actions: it expands to itself. */
  readonly isPlain: boolean;
  /** Absent when the text has no actions. */
  readonly template?: Template;
  /** The template without loops and variables of its own; absent when it has any. */
  readonly line?: Line<RuleTextData> | undefined;
  /** Why the template does not parse, in the words of Go. */
  readonly problem?: string;
}

/** Parses the template of a label or annotation; a fault is kept and shows up when it is expanded. */
export function parseRuleText(alertName: string, text: string): RuleText {
  const name = `__alert_${alertName}`;
  if (!text.includes('{{')) return { name, text, isPlain: true };
  try {
    const options = { name, functions: PROMETHEUS_FUNCTION_NAMES };
    const template = withoutDefinitions(parseTemplate(DEFINITIONS + text, options));
    return { name, text, isPlain: false, template, line: lineOf(template, readerOf) };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return { name, text, isPlain: false, problem: error.message };
  }
}

/**
 * Drops the definitions again, which are parsed for the sake of the columns in messages: their
 * variables are set from outside, once for all texts of an alert.
 */
function withoutDefinitions(template: Template): Template {
  const root = template.templates.get(template.name);
  if (root === undefined) return template;
  const list = { ...root.list, nodes: root.list.nodes.slice(DEFINITION_COUNT) };
  const templates = new Map([...template.templates, [template.name, { ...root, list }]]);
  return { ...template, templates };
}

/** What the templates of one alert see. */
export interface RuleTextData {
  /** The labels of the element, `__name__` included. */
  readonly labels: Labels;
  readonly externalLabels: Readonly<Record<string, string>>;
  readonly externalUrl: string;
  readonly value: Value;
}

const DATA_TYPE =
  'struct { Labels map[string]string; ExternalLabels map[string]string; ExternalURL string; Value interface {} }';

/** The variables of a rule's templates; `$` is the data itself. */
export function ruleTextVariables(data: RuleTextData): ReadonlyMap<string, Value> {
  const labels: MapValue = {
    kind: 'map',
    typeName: 'map[string]string',
    entries: new Map(data.labels),
    zero: '',
  };
  const externalLabels = stringMap(data.externalLabels);
  const dot: ObjectValue = {
    kind: 'object',
    typeName: DATA_TYPE,
    fields: {
      Labels: labels,
      ExternalLabels: externalLabels,
      ExternalURL: data.externalUrl,
      Value: data.value,
    },
  };
  return new Map<string, Value>([
    ['$', dot],
    ['$labels', labels],
    ['$externalLabels', externalLabels],
    ['$externalURL', data.externalUrl],
    ['$value', data.value],
  ]);
}

type Read = ReadValue<RuleTextData>;

const readValue: Read = ({ value }) => value;
const readUrl: Read = ({ externalUrl }) => externalUrl;
const readLabel = (name: string): Read => {
  return ({ labels }) => labels.get(name);
};
const readExternalLabel = (name: string): Read => {
  return ({ externalLabels: own }) => (Object.hasOwn(own, name) ? own[name] : '');
};

const WHOLE: ReadonlyMap<string, Read> = new Map([
  ['$value', readValue],
  ['$externalURL', readUrl],
]);

const BY_NAME: ReadonlyMap<string, (name: string) => Read> = new Map([
  ['$labels', readLabel],
  ['$externalLabels', readExternalLabel],
]);

/** The variable that a field of the data stands for. */
const VARIABLES: ReadonlyMap<string, string> = new Map([
  ['Labels', '$labels'],
  ['ExternalLabels', '$externalLabels'],
  ['ExternalURL', '$externalURL'],
  ['Value', '$value'],
]);

/** What `$value`, `$labels.NAME` and the like read; `undefined` for what is not read that simply. */
function readerOf(names: readonly string[]): Read | undefined {
  const isOfData = names[0] === '$';
  const [first = '', name, ...more] = isOfData ? names.slice(1) : names;
  const variable = isOfData ? VARIABLES.get(first) : first;
  if (variable === undefined || more.length > 0) return undefined;
  return name === undefined ? WHOLE.get(variable) : BY_NAME.get(variable)?.(name);
}

/**
 * Expands a text that has a line. `undefined` when it has none, or when something fails: then
 * `expandRuleText` finds the words for it.
 */
export function expandLine(
  { line }: RuleText,
  data: RuleTextData,
  functions: ReadonlyMap<string, GoFunction>,
): string | undefined {
  return line === undefined ? undefined : runLine(line, data, functions);
}

/** Expands a text. A failing template yields `<error expanding template: ...>`, never an error. */
export function expandRuleText(
  ruleText: RuleText,
  variables: ReadonlyMap<string, Value>,
  functions: ReadonlyMap<string, GoFunction>,
): string {
  const { name, template, problem } = ruleText;
  if (problem !== undefined) return failure(`error parsing template ${name}: ${problem}`);
  if (template === undefined) return ruleText.text;
  try {
    return executeTemplate(template, variables.get('$'), { functions, variables });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return failure(`error executing template ${name}: ${error.message}`);
  }
}

function failure(message: string): string {
  return `<error expanding template: ${message}>`;
}
