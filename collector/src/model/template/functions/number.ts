import { quoteGo } from '../../go-string.ts';
import { typeName, type Value } from '../value.ts';

/**
 * The float that a template function works on: a number, a duration's seconds, or a text that
 * Go's `strconv.ParseFloat` takes.
 *
 * @throws {Error} `can't convert bool to float` or `strconv.ParseFloat: parsing "x": invalid syntax`.
 */
export function toFloat(value: Value): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'string') return parseFloatText(value);
  throw new Error(`can't convert ${typeName(value)} to float`);
}

const DECIMAL = /^[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$/u;
const INFINITY = /^([-+]?)(?:inf|infinity)$/iu;

function parseFloatText(text: string): number {
  const infinite = INFINITY.exec(text);
  if (infinite !== null) {
    return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  if (/^nan$/iu.test(text)) return Number.NaN;
  if (!DECIMAL.test(text)) {
    throw new Error(`strconv.ParseFloat: parsing ${quoteGo(text)}: invalid syntax`);
  }
  const value = Number(text);
  if (!Number.isFinite(value)) {
    throw new Error(`strconv.ParseFloat: parsing ${quoteGo(text)}: value out of range`);
  }
  return value;
}
