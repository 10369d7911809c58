/**
 * The ways Go prints a float with the fewest digits that give the same float back:
 * - `general` (`%v`, `%g`; templates and annotations): an exponent below -4 or from 6 is written
 *   out, as in `1e-05`, `100000` and `1.048576e+06`;
 * - `sample` (values in HTTP answers): an exponent from 1e21 and below 1e-6;
 * - `exponent` (values of alerts in HTTP answers): always an exponent, as in `1e+00`;
 * - `decimal` (`count_values`, `le`): never an exponent.
 */
export type FloatStyle = 'general' | 'sample' | 'exponent' | 'decimal';

const GENERAL_EXPONENT_MIN = -4;
const GENERAL_EXPONENT_END = 6;
/** A tie is seen exactly: no float comes closer than this to one without being one. */
const TIE_DIGITS = 80;
const ZERO = 0x30;
const POINT = 0x2e;
const FIVE = 0x35;

/** Prints a float as Go does; infinities are `+Inf` and `-Inf`. */
export function formatFloat(value: number, style: FloatStyle): string {
  if (!Number.isFinite(value)) return formatNonFinite(value);
  switch (style) {
    case 'general':
      return isWrittenWithExponent(value, GENERAL_EXPONENT_END)
        ? formatExponent(value)
        : formatDecimal(value);
    case 'sample': {
      const size = Math.abs(value);
      return size !== 0 && (size < 1e-6 || size >= 1e21)
        ? formatExponent(value)
        : formatDecimal(value);
    }
    case 'exponent':
      return formatExponent(value);
    case 'decimal':
      return formatDecimal(value);
  }
}

/**
 * Prints a float as Go's `%.<precision>g`: that many significant digits, ties to even, trailing
 * zeros dropped.
 */
export function formatGeneral(value: number, precision: number): string {
  if (!Number.isFinite(value)) return formatNonFinite(value);
  if (value === 0) return formatDecimal(value);
  const digits = Math.max(precision, 1);
  // Small whole numbers, the most frequent, have all of their digits as they are.
  if (Number.isInteger(value) && Math.abs(value) < 10 ** Math.min(digits, 15)) return String(value);
  return roundedPlainly(value, digits) ?? formatRounded(value, digits);
}

/**
 * The usual case, for which JavaScript's own rounding and notation are Go's: the number is shown
 * without an exponent, and is no tie. `undefined` for the others.
 */
function roundedPlainly(value: number, digits: number): string | undefined {
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e15 || digits > 15 || mayBeTie(value, digits)) return undefined;
  const rounded = value.toPrecision(digits);
  return rounded.includes('e') ? undefined : dropTrailingZeros(rounded);
}

/** A tie has one digit more than is shown, and ends in 5. */
function mayBeTie(value: number, digits: number): boolean {
  const text = String(value);
  if (text.charCodeAt(text.length - 1) !== FIVE) return false;
  // Sign, point and leading zeros are no digits that count, so there may be that many more.
  return text.length <= digits + 1 + '-0.000'.length;
}

function formatRounded(value: number, digits: number): string {
  const rounded = roundToEven(value, digits);
  const [mantissa = '', exponent = '0'] = rounded.split('e');
  const power = Number(exponent);
  if (power < GENERAL_EXPONENT_MIN || power >= digits) {
    return `${dropTrailingZeros(mantissa)}e${padExponent(power)}`;
  }
  return dropTrailingZeros(formatDecimalDigits(rounded));
}

/** Rounds to significant digits, a tie to the even neighbour; the answer is `d.ddde<n>`. */
function roundToEven(value: number, digits: number): string {
  const rounded = value.toExponential(digits - 1);
  // Seventeen digits are cheap and show a tie as one; only then the exact digits are worth it.
  if (digits < 16 && !/50*e/u.test(value.toExponential(16).slice(digits))) return rounded;
  const exact = value.toExponential(Math.min(digits + TIE_DIGITS, 100));
  const fraction = exact.slice(exact.indexOf('.') + digits, exact.indexOf('e'));
  if (!/^50*$/u.test(fraction)) return rounded;
  // JavaScript rounds a tie away from zero: keep the truncated digits when they are even.
  const truncated = exact.slice(0, exact.indexOf('.') + digits).replace(/\.$/u, '');
  return /[02468]$/u.test(truncated) ? truncated + exact.slice(exact.indexOf('e')) : rounded;
}

function isWrittenWithExponent(value: number, exponentEnd: number): boolean {
  if (value === 0) return false;
  const exponent = Number(value.toExponential().split('e')[1]);
  return exponent < GENERAL_EXPONENT_MIN || exponent >= exponentEnd;
}

function formatNonFinite(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? '+Inf' : '-Inf';
}

function formatExponent(value: number): string {
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e');
  return `${signOf(value)}${mantissa}e${padExponent(Number(exponent))}`;
}

function padExponent(exponent: number): string {
  const sign = exponent < 0 ? '-' : '+';
  return `${sign}${Math.abs(exponent).toString().padStart(2, '0')}`;
}

function formatDecimal(value: number): string {
  const text = String(value);
  return signOf(value) + (text.includes('e') ? formatDecimalDigits(text) : text);
}

/** Writes `1.5e-7` as `0.00000015` and `1.5e+21` as `1500000000000000000000`. */
function formatDecimalDigits(text: string): string {
  const [mantissa = '', exponent = '0'] = text.split('e');
  const sign = mantissa.startsWith('-') ? '-' : '';
  const [whole = '', fraction = ''] = mantissa.slice(sign.length).split('.');
  const point = whole.length + Number(exponent);
  const digits = whole + fraction;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  if (point >= digits.length) return sign + digits.padEnd(point, '0');
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** JavaScript prints negative zero without its sign. */
function signOf(value: number): string {
  return Object.is(value, -0) ? '-' : '';
}

function dropTrailingZeros(text: string): string {
  if (!text.includes('.')) return text;
  let end = text.length;
  while (text.charCodeAt(end - 1) === ZERO) end -= 1;
  return text.slice(0, text.charCodeAt(end - 1) === POINT ? end - 1 : end);
}
