import { goJson } from '../format/json.ts';
import { type GoFunction, list, type MapValue, textOf, type Value } from '../value.ts';

const ANY_LIST = '[]interface {}';
const TEXT_LIST = '[]string';

function itemsOf(value: Value): readonly Value[] {
  return typeof value === 'object' && value.kind === 'list' ? value.items : [];
}

function dict(values: readonly Value[]): MapValue {
  if (values.length % 2 !== 0) throw new Error('dict requires an even number of arguments');
  const entries = new Map<string, Value>();
  for (let index = 0; index < values.length; index += 2) {
    const key = values[index];
    if (typeof key !== 'string') throw new Error('dict keys must be strings');
    entries.set(key, values[index + 1]);
  }
  return { kind: 'map', typeName: 'map[string]interface {}', entries, zero: undefined };
}

/** `join list append dict stringSlice toJson`: lists and maps made in a template. */
export const STRUCTURE_FUNCTIONS: Readonly<Record<string, GoFunction>> = {
  join: {
    parameters: ['string', TEXT_LIST],
    call: ([separator, texts], budget) => {
      budget.spend(itemsOf(texts).length);
      return itemsOf(texts).map(textOf).join(textOf(separator));
    },
  },
  stringSlice: {
    parameters: [],
    rest: 'string',
    call: (texts) => list(TEXT_LIST, texts),
  },
  list: { parameters: [], rest: 'any', call: (values) => list(ANY_LIST, values) },
  append: {
    parameters: [ANY_LIST],
    rest: 'any',
    call: ([values, ...more], budget) => {
      budget.spend(itemsOf(values).length);
      return list(ANY_LIST, [...itemsOf(values), ...more]);
    },
  },
  dict: { parameters: [], rest: 'any', call: dict },
  toJson: { parameters: ['any'], call: ([value], budget) => goJson(value, budget) },
};
