import { expect } from 'vitest';

import { sharedFixture } from '../../support/shared-files.ts';

/* The golden numbers are plain JSON of many shapes; each test reads the part it knows. */
export type Golden = Readonly<Record<string, never>>;

const fixture = sharedFixture('drift-golden.json') as Golden | undefined;

export const hasGolden: boolean = fixture !== undefined;

/** One section of the golden numbers, in the shape that the caller expects. */
export function golden<T>(section: string): T {
  return (fixture?.[section] ?? []) as T;
}

const frac = (x: number): number => x - Math.floor(x);

/** `frac(i * factor)` for i = 1..length. */
export function sequence(factor: number, length = 1000): number[] {
  return Array.from({ length }, (_, index) => frac((index + 1) * factor));
}

export const GOLDEN_RATIO = 0.6180339887498949;
export const TIE_OF_BASELINE = 0.5698402909980532;
export const TIE_OF_STREAM = 0.3819660112501051;
export const WITHIN_CELL = 0.4142135623730951;

const a = sequence(GOLDEN_RATIO);
const b = (golden<{ bValues?: number[] }>('sequences').bValues ?? []).slice();

/** The four sequences of the golden numbers, by name. */
export const SEQUENCES: Readonly<Record<string, readonly number[]>> = {
  a,
  b,
  d: a.map((x) => Math.floor(10 * x) / 10),
  c: b.map((x) => Math.floor(10 * x) / 10),
  'b[0:200]': b.slice(0, 200),
};

/** Equal within a relative tolerance; exact for 0 and for values that are not finite. */
export function expectClose(actual: number | undefined, expected: number, relative: number): void {
  const gap = Math.abs((actual ?? Number.NaN) - expected);
  expect(gap, `${actual} should be ${expected}`).toBeLessThanOrEqual(
    Math.max(Math.abs(expected) * relative, 1e-300),
  );
}
