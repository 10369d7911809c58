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
  #s0 = 0;
  #s1 = 0;
  #s2 = 0;
  #s3 = 0;

  /** @param seed any integer; only its low 32 bits count. */
  constructor(seed: number) {
    const word = (step: number): number => scramble(((seed >>> 0) + step * 0x9e3779b9) >>> 0);
    this.#set([word(1), word(2), word(3), word(4)]);
  }

  /** Uniform integer from 0 to 2^32 - 1. */
  nextUint32(): number {
    return this.#step() >>> 0;
  }

  next(): number {
    return (this.#step() >>> 0) / 2 ** 32 + 2 ** -33;
  }

  /** A copy of the state, to be given to `SeededRandom.restore`. */
  snapshot(): readonly number[] {
    return [this.#s0 >>> 0, this.#s1 >>> 0, this.#s2 >>> 0, this.#s3 >>> 0];
  }

  static restore(state: readonly number[]): SeededRandom {
    const random = new SeededRandom(0);
    random.#set(state);
    return random;
  }

  /** Signed words all along: the engine keeps those without a box of their own. */
  #step(): number {
    const s1 = this.#s1;
    const five = Math.imul(s1, 5);
    const result = Math.imul((five << 7) | (five >>> 25), 9);
    const mixed2 = this.#s2 ^ this.#s0;
    const mixed3 = this.#s3 ^ s1;
    this.#s1 = s1 ^ mixed2;
    this.#s0 ^= mixed3;
    this.#s2 = mixed2 ^ (s1 << 9);
    this.#s3 = (mixed3 << 11) | (mixed3 >>> 21);
    return result;
  }

  #set([s0 = 0, s1 = 0, s2 = 0, s3 = 0]: readonly number[]): void {
    this.#s0 = s0 | 0;
    this.#s1 = s1 | 0;
    this.#s2 = s2 | 0;
    this.#s3 = s3 | 0;
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
