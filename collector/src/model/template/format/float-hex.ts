interface Parts {
  readonly sign: string;
  /** 53 bits for a normal float, fewer for a subnormal one, 0 for zero. */
  readonly mantissa: bigint;
  /** The value is `mantissa * 2^exponent`. */
  readonly exponent: number;
}

const MANTISSA_BITS = 52;

function partsOf(value: number): Parts {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const fraction = bits & ((1n << 52n) - 1n);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const mantissa = biased === 0 ? fraction : fraction | (1n << 52n);
  return {
    sign: bits >> 63n === 0n ? '' : '-',
    mantissa,
    exponent: Math.max(biased, 1) - 1023 - MANTISSA_BITS,
  };
}

/** Go's `%b`: an integer and a power of two, such as `4503599627370496p-52`. */
export function formatBinary(value: number): string {
  const { sign, mantissa, exponent } = partsOf(value);
  return `${sign}${mantissa}p${exponent < 0 ? '' : '+'}${exponent}`;
}

/** Go's `%x`: hexadecimal with a power of two, such as `0x1.8p+00`; the last digit rounds to even. */
export function formatHex(value: number, precision?: number): string {
  let { mantissa, exponent } = partsOf(value);
  const { sign } = partsOf(value);
  if (mantissa !== 0n) {
    while (mantissa >> 52n === 0n) {
      mantissa <<= 1n;
      exponent -= 1;
    }
  }
  let power = mantissa === 0n ? 0 : exponent + MANTISSA_BITS;
  let digits = 13;
  if (precision !== undefined && precision < digits) {
    mantissa = roundBits(mantissa, BigInt(4 * (digits - precision)));
    digits = precision;
    // Rounding up may carry into a second leading digit.
    if (mantissa >> BigInt(4 * digits) > 1n) {
      mantissa >>= 1n;
      power += 1;
    }
  }
  const hex = mantissa.toString(16).padStart(digits + 1, '0');
  const fraction = hex.slice(1);
  const shown =
    precision === undefined ? fraction.replace(/0+$/u, '') : fraction.padEnd(precision, '0');
  const exponentText = `${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  return `${sign}0x${hex.charAt(0)}${shown === '' ? '' : `.${shown}`}p${exponentText}`;
}

function roundBits(mantissa: bigint, dropped: bigint): bigint {
  const half = 1n << (dropped - 1n);
  const rest = mantissa & ((1n << dropped) - 1n);
  const kept = mantissa >> dropped;
  const isUp = rest > half || (rest === half && kept % 2n === 1n);
  return isUp ? kept + 1n : kept;
}
