/**
 * Logarithms and powers as Go computes them: JavaScript's differ in the last digit, which shows
 * behind `floor` and `==`. Integer powers are products, rounded at each step.
 */
const view = new DataView(new ArrayBuffer(8));
const EXPONENT_BIAS = 1022;
/** Beyond this exponent a power is infinite or zero, whatever follows. */
const EXPONENT_MAX = 4096;

/** A number as `fraction * 2^exponent`, the fraction from 0.5 up to 1. */
function splitFloat(value: number): { fraction: number; exponent: number } {
  if (value === 0 || !Number.isFinite(value)) return { fraction: value, exponent: 0 };
  const isSubnormal = Math.abs(value) < 2 ** -1022;
  view.setFloat64(0, isSubnormal ? value * 2 ** 54 : value);
  const high = view.getUint32(0);
  const exponent = ((high >>> 20) & 0x7ff) - EXPONENT_BIAS;
  view.setUint32(0, (high & 0x800fffff) | (EXPONENT_BIAS << 20));
  return { fraction: view.getFloat64(0), exponent: isSubnormal ? exponent - 54 : exponent };
}

function joinFloat(fraction: number, exponent: number): number {
  const half = Math.trunc(exponent / 2);
  // In two steps, because 2^exponent alone may be no float.
  return fraction * 2 ** half * 2 ** (exponent - half);
}

/** Exact for powers of two. */
export function log2(value: number): number {
  const { fraction, exponent } = splitFloat(value);
  if (fraction === 0.5) return exponent - 1;
  return Math.log(fraction) * Math.LOG2E + exponent;
}

export function log10(value: number): number {
  return Math.log(value) * Math.LOG10E;
}

/** `base ^ exponent` with the special cases of IEEE 754, which has `1 ^ NaN` = 1. */
export function power(base: number, exponent: number): number {
  if (base === 1 || (base === -1 && Math.abs(exponent) === Infinity)) return 1;
  const isRegular =
    Number.isFinite(base) &&
    Number.isFinite(exponent) &&
    base !== 0 &&
    Math.abs(exponent) < 2 ** 52;
  if (!isRegular || exponent === 0.5 || exponent === -0.5) return base ** exponent;
  if (base < 0 && !Number.isInteger(exponent)) return Number.NaN;
  return regularPower(base, exponent);
}

function regularPower(base: number, exponent: number): number {
  let whole = Math.floor(Math.abs(exponent));
  let rest = Math.abs(exponent) - whole;
  let product = 1;
  if (rest !== 0) {
    if (rest > 0.5) {
      rest -= 1;
      whole += 1;
    }
    product = Math.exp(rest * Math.log(base));
  }
  let productExponent = 0;
  let { fraction: square, exponent: squareExponent } = splitFloat(base);
  for (; whole > 0; whole = Math.floor(whole / 2)) {
    if (Math.abs(squareExponent) > EXPONENT_MAX) {
      productExponent += squareExponent;
      break;
    }
    if (whole % 2 === 1) {
      product *= square;
      productExponent += squareExponent;
    }
    square *= square;
    squareExponent *= 2;
    if (square < 0.5) {
      square += square;
      squareExponent -= 1;
    }
  }
  return exponent < 0
    ? joinFloat(1 / product, -productExponent)
    : joinFloat(product, productExponent);
}
