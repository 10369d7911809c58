import { compareUtf8 } from '../../labels.ts';
import { type Budget, type ObjectValue, typeName, type Value } from '../value.ts';

const DEPTH_MAX = 100;
const RFC3339 = '2006-01-02T15:04:05.999999999Z07:00';

/**
 * A value as Go's `encoding/json` writes it: keys of maps sorted, `<`, `>` and `&` escaped.
 *
 * @throws {Error} for what has no JSON: a function, NaN, an infinity, a value nested too deeply.
 */
export function goJson(value: Value, budget: Budget, depth = 0): string {
  if (depth > DEPTH_MAX) throw new Error('json: value is nested too deeply');
  budget.spend(1);
  if (value === undefined) return 'null';
  if (typeof value === 'string') return jsonText(value);
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return jsonNumber(value);
  switch (value.kind) {
    case 'list':
      return `[${value.items.map((item) => goJson(item, budget, depth + 1)).join(',')}]`;
    case 'map': {
      const keys = [...value.entries.keys()].sort(compareUtf8);
      const pairs = keys.map((key) => {
        return `${jsonText(key)}:${goJson(value.entries.get(key), budget, depth + 1)}`;
      });
      return `{${pairs.join(',')}}`;
    }
    case 'object':
      return jsonObject(value, budget, depth);
    case 'function':
      throw new Error('json: unsupported type: func');
  }
}

function jsonObject(value: ObjectValue, budget: Budget, depth: number): string {
  const format = value.methods?.['Format'];
  if (format !== undefined) return goJson(format.call([RFC3339], budget), budget, depth + 1);
  if (value.number !== undefined) return goJson(value.number, budget, depth + 1);
  // A named text type such as `template.HTML` is a text.
  if (value.text !== undefined && Object.keys(value.fields).length === 0) {
    return jsonText(value.text);
  }
  const pairs = Object.entries(value.fields).map(([name, field]) => {
    return `${jsonText(value.jsonNames?.[name] ?? name)}:${goJson(field, budget, depth + 1)}`;
  });
  return `{${pairs.join(',')}}`;
}

function jsonNumber(value: number): string {
  if (!Number.isFinite(value)) throw new Error(`json: unsupported value: ${typeName(value)}`);
  return JSON.stringify(value);
}

function jsonText(text: string): string {
  return JSON.stringify(text).replaceAll(/[<>&\u2028\u2029]/gu, (character) => {
    return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
  });
}
