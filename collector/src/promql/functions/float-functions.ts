import { log2, log10 } from '../../model/go-math.ts';

/** A function of a float and scalar arguments. */
export type FloatFunction = (value: number, scalars: readonly number[]) => number;

/** Go's `math.Max`: an infinity beats NaN. */
function maxOf(left: number, right: number): number {
  return left === Infinity || right === Infinity ? Infinity : Math.max(left, right);
}

/** Go's `math.Min`: an infinity beats NaN. */
function minOf(left: number, right: number): number {
  return left === -Infinity || right === -Infinity ? -Infinity : Math.min(left, right);
}

function clamp(value: number, lower: number, upper: number): number {
  return maxOf(lower, minOf(upper, value));
}

function round(value: number, [toNearest = 1]: readonly number[]): number {
  // Upstream multiplies by the inverse, which rounds differently from a division.
  const inverse = 1 / toNearest;
  return Math.floor(value * inverse + 0.5) / inverse;
}

function sign(value: number): number {
  if (value > 0) return 1;
  return value < 0 ? -1 : value;
}

/** Functions of instant vectors that look at nothing but the float of each element, by name. */
export const FLOAT_FUNCTIONS: ReadonlyMap<string, FloatFunction> = new Map<string, FloatFunction>([
  ['abs', Math.abs],
  ['acos', Math.acos],
  ['acosh', Math.acosh],
  ['asin', Math.asin],
  ['asinh', Math.asinh],
  ['atan', Math.atan],
  ['atanh', Math.atanh],
  ['ceil', Math.ceil],
  ['clamp', (value, [lower = Number.NaN, upper = Number.NaN]) => clamp(value, lower, upper)],
  ['clamp_max', (value, [upper = Number.NaN]) => clamp(value, -Infinity, upper)],
  ['clamp_min', (value, [lower = Number.NaN]) => clamp(value, lower, Infinity)],
  ['cos', Math.cos],
  ['cosh', Math.cosh],
  ['deg', (value) => (value * 180) / Math.PI],
  ['exp', Math.exp],
  ['floor', Math.floor],
  ['ln', Math.log],
  ['log10', log10],
  ['log2', log2],
  ['rad', (value) => (value * Math.PI) / 180],
  ['round', round],
  ['sgn', sign],
  ['sin', Math.sin],
  ['sinh', Math.sinh],
  ['sqrt', Math.sqrt],
  ['tan', Math.tan],
  ['tanh', Math.tanh],
]);

/** Functions of scalars, by name. */
export const SCALAR_FUNCTIONS: ReadonlyMap<string, (left: number, right: number) => number> =
  new Map([
    ['max_of', maxOf],
    ['min_of', minOf],
  ]);
