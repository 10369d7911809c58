/** A source of uniform numbers in (0, 1). Randomness is always a parameter. */
export interface RandomSource {
  /** Uniform in the open interval (0, 1); never 0 and never 1. */
  next(): number;
}

/** Murmur3's 32-bit finalizer: every input bit reaches every output bit. */
function scramble(value: number): number {
  let x = value;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/**
 * The generator xoshiro128** (Blackman and Vigna, 2021) on four 32-bit words.
 *
 * Small, seedable and of period 2^128 - 1. Not for secrets.
 */
export class SeededRandom implements RandomSource {
  readonly #state: Uint32Array;

  /** @param seed any integer; only its low 32 bits count. */
  constructor(seed: number) {
    this.#state = new Uint32Array(4);
    let counter = seed >>> 0;
    for (let index = 0; index < 4; index += 1) {
      counter = (counter + 0x9e3779b9) >>> 0;
      this.#state[index] = scramble(counter);
    }
  }

  /** Uniform integer from 0 to 2^32 - 1. */
  nextUint32(): number {
    const s = this.#state;
    const s0 = s[0] ?? 0;
    const s1 = s[1] ?? 0;
    const s2 = s[2] ?? 0;
    const s3 = s[3] ?? 0;
    const five = Math.imul(s1, 5);
    const result = Math.imul((five << 7) | (five >>> 25), 9) >>> 0;
    const mixed2 = s2 ^ s0;
    const mixed3 = s3 ^ s1;
    s[1] = s1 ^ mixed2;
    s[0] = s0 ^ mixed3;
    s[2] = mixed2 ^ (s1 << 9);
    s[3] = (mixed3 << 11) | (mixed3 >>> 21);
    return result;
  }

  next(): number {
    return this.nextUint32() / 2 ** 32 + 2 ** -33;
  }

  /** A copy of the state, to be given to `SeededRandom.restore`. */
  snapshot(): readonly number[] {
    return [...this.#state];
  }

  static restore(state: readonly number[]): SeededRandom {
    const random = new SeededRandom(0);
    random.#state.set(state.slice(0, 4));
    return random;
  }
}

/** A standard normal number, by Box and Muller (1958). Takes two uniforms. */
export function standardNormal(random: RandomSource): number {
  return Math.sqrt(-2 * Math.log(random.next())) * Math.cos(2 * Math.PI * random.next());
}

/** The values in random order, by Fisher and Yates. A copy. */
export function shuffled<T>(values: readonly T[], random: RandomSource): T[] {
  const result = [...values];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random.next() * (last + 1));
    const kept = result[last] as T;
    result[last] = result[other] as T;
    result[other] = kept;
  }
  return result;
}
