import { compareUtf8, type Labels } from '../../labels.ts';
import {
  type GoFunction,
  type ListValue,
  list,
  type ObjectValue,
  stringMap,
  textOf,
  type Value,
} from '../value.ts';

/** One element of an instant vector. */
export interface QuerySample {
  readonly labels: Labels;
  readonly value: number;
}

/**
 * Evaluates PromQL at the time of the template.
 *
 * @throws {Error} whose message ends up in the template's error.
 */
export type TemplateQuery = (expr: string) => readonly QuerySample[];

const SAMPLE = '*template.sample';
const RESULT = 'template.queryResult';
/** A query walks series, so it counts for many nodes of a template. */
const QUERY_STEPS = 1_000;

function sampleValue({ labels, value }: QuerySample): ObjectValue {
  const fields = { Labels: stringMap(labels.toRecord()), Value: value };
  return { kind: 'object', typeName: SAMPLE, fields };
}

function itemsOf(value: Value): readonly Value[] {
  return typeof value === 'object' && value.kind === 'list' ? value.items : [];
}

function fieldOf(sample: Value, name: 'Labels' | 'Value'): Value {
  if (typeof sample !== 'object' || sample.kind !== 'object') {
    throw new Error('runtime error: invalid memory address or nil pointer dereference');
  }
  return sample.fields[name];
}

function labelOf(sample: Value, name: string): string {
  const labels = fieldOf(sample, 'Labels');
  const value = typeof labels === 'object' && labels.kind === 'map' ? labels.entries.get(name) : '';
  return typeof value === 'string' ? value : '';
}

function first(result: Value): Value {
  const [item] = itemsOf(result);
  if (item === undefined) throw new Error('first() called on vector with no elements');
  return item;
}

function sortByLabel(name: string, result: Value): ListValue {
  const sorted = itemsOf(result).toSorted((left, right) => {
    return compareUtf8(labelOf(left, name), labelOf(right, name));
  });
  return list(RESULT, sorted);
}

function args(values: readonly Value[]): Value {
  const entries = new Map(values.map((value, index) => [`arg${index}`, value] as const));
  return { kind: 'map', typeName: 'map[string]interface {}', entries, zero: undefined };
}

/** `query first label value strvalue args sortByLabel`. */
export function queryFunctions(query: TemplateQuery): Readonly<Record<string, GoFunction>> {
  return {
    query: {
      parameters: ['string'],
      call: ([expr], budget) => {
        budget.spend(QUERY_STEPS);
        const samples = query(textOf(expr));
        budget.spend(samples.length);
        return list(RESULT, samples.map(sampleValue));
      },
    },
    first: { parameters: [RESULT], call: ([result]) => first(result) },
    label: {
      parameters: ['string', SAMPLE],
      call: ([name, sample]) => labelOf(sample, textOf(name)),
    },
    value: { parameters: [SAMPLE], call: ([sample]) => fieldOf(sample, 'Value') },
    strvalue: { parameters: [SAMPLE], call: ([sample]) => labelOf(sample, '__value__') },
    args: { parameters: [], rest: 'any', call: args },
    sortByLabel: {
      parameters: ['string', RESULT],
      call: ([name, result]) => sortByLabel(textOf(name), result),
    },
  };
}
