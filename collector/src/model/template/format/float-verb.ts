import { formatFloat, formatGeneral } from '../../format-float.ts';
import { formatBinary, formatHex } from './float-hex.ts';

export type FloatVerb = 'b' | 'e' | 'E' | 'f' | 'g' | 'G' | 'x' | 'X';

/** `value` as Go's `%e`, `%f`, `%g`, `%x` or `%b` prints it; no precision means the shortest exact text. */
export function formatFloatVerb(value: number, verb: FloatVerb, precision?: number): string {
  if (!Number.isFinite(value)) return formatFloat(value, 'general');
  const text = FORMATS[verb.toLowerCase()]?.(value, precision) ?? '';
  return verb === verb.toLowerCase() ? text : text.toUpperCase();
}

const FORMATS: Readonly<Record<string, (value: number, precision?: number) => string>> = {
  b: formatBinary,
  e: (value, precision) => {
    return precision === undefined ? formatFloat(value, 'exponent') : exponential(value, precision);
  },
  f: (value, precision) => {
    return precision === undefined ? formatFloat(value, 'decimal') : fixed(value, precision);
  },
  g: formatAsGeneral,
  x: formatHex,
};

function formatAsGeneral(value: number, precision?: number): string {
  if (precision === undefined) return formatFloat(value, 'general');
  // More digits than any float has add nothing but zeros, which `%g` drops.
  return formatGeneral(value, Math.min(precision, GENERAL_DIGITS_MAX));
}

const GENERAL_DIGITS_MAX = 100;

/** All decimal digits of a float, no leading zero; the value is `0.DIGITS * 10^point`. */
interface Decimal {
  readonly digits: string;
  readonly point: number;
}

const MANTISSA_BITS = 52;

function exactDecimal(value: number): Decimal {
  const magnitude = Math.abs(value);
  if (magnitude === 0) return { digits: '', point: 0 };
  let exponent = Math.max(Math.floor(Math.log2(magnitude)), -1022) - MANTISSA_BITS;
  // The quotient is an integer: a float has 53 significant bits, and scaling by two is exact.
  let mantissa = scaleByTwo(magnitude, -exponent);
  while (!Number.isInteger(mantissa)) {
    mantissa *= 2;
    exponent -= 1;
  }
  if (exponent >= 0) {
    const digits = (BigInt(mantissa) << BigInt(exponent)).toString();
    return { digits, point: digits.length };
  }
  const digits = (BigInt(mantissa) * 5n ** BigInt(-exponent)).toString();
  return { digits, point: digits.length + exponent };
}

/** In two steps, because `2 ** power` alone may overflow. */
function scaleByTwo(value: number, power: number): number {
  const half = Math.trunc(power / 2);
  return value * 2 ** half * 2 ** (power - half);
}

/** Rounds to `count` digits behind the leading point, a tie to the even neighbour. */
function round(decimal: Decimal, count: number): Decimal {
  const { digits, point } = decimal;
  if (count >= digits.length) return decimal;
  if (count < 0) return { digits: '', point };
  const head = digits.slice(0, count);
  const tail = digits.slice(count);
  const isTie = /^50*$/u.test(tail);
  const isOdd = '13579'.includes(head.at(-1) ?? '0');
  const isUp = isTie ? isOdd : (tail[0] ?? '0') >= '5';
  if (!isUp) return { digits: head, point };
  const raised = (BigInt(head || '0') + 1n).toString().padStart(count, '0');
  return { digits: raised, point: point + raised.length - count };
}

function signOf(value: number): string {
  return value < 0 || Object.is(value, -0) ? '-' : '';
}

function fixed(value: number, precision: number): string {
  const exact = exactDecimal(value);
  const { digits, point } = round(exact, exact.point + precision);
  const whole = digits.slice(0, Math.max(point, 0)).padEnd(point, '0');
  const fraction = '0'.repeat(Math.max(-point, 0)) + digits.slice(Math.max(point, 0));
  const shown = fraction.slice(0, precision).padEnd(precision, '0');
  return `${signOf(value)}${whole || '0'}${shown === '' ? '' : `.${shown}`}`;
}

function exponential(value: number, precision: number): string {
  const { digits, point } = round(exactDecimal(value), precision + 1);
  const exponent = digits === '' ? 0 : point - 1;
  const fraction = digits.slice(1, precision + 1).padEnd(precision, '0');
  const sign = exponent < 0 ? '-' : '+';
  const power = String(Math.abs(exponent)).padStart(2, '0');
  return `${signOf(value)}${digits[0] ?? '0'}${fraction === '' ? '' : `.${fraction}`}e${sign}${power}`;
}
