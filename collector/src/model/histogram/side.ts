import { exponentialBound, isExponentialSchema } from './bounds.ts';
import type { BucketColumns } from './buckets.ts';

/**
 * The buckets of one sign while histograms are being added: indices ascending, counts, and for each
 * count the error that compensated addition carries along.
 */
export interface Side {
  indices: number[];
  counts: number[];
  compensations: number[];
}

export function sideOf(columns: BucketColumns): Side {
  return {
    indices: [...columns.indices],
    counts: columns.counts.slice(0, columns.indices.length),
    compensations: columns.indices.map(() => 0),
  };
}

export function copySide(side: Side): Side {
  return {
    indices: [...side.indices],
    counts: [...side.counts],
    compensations: [...side.compensations],
  };
}

/** Adds a value to one bucket, the way `CompensatedSum` does. */
export function addToBucket(side: Side, position: number, value: number): void {
  const count = side.counts[position] ?? 0;
  const compensation = side.compensations[position] ?? 0;
  const total = count + value;
  side.counts[position] = total;
  if (total === Infinity || total === -Infinity) {
    side.compensations[position] = 0;
  } else if (Math.abs(count) >= Math.abs(value)) {
    side.compensations[position] = compensation + (count - total + value);
  } else {
    side.compensations[position] = compensation + (value - total + count);
  }
}

function pushBucket(
  side: Side,
  index: number,
  amount: { count: number; compensation: number },
): void {
  side.indices.push(index);
  side.counts.push(amount.count);
  side.compensations.push(amount.compensation);
}

/** The index of a bucket after the resolution is lowered by `schemaSteps`. */
function coarserIndex(index: number, schemaSteps: number): number {
  return ((index - 1) >> schemaSteps) + 1;
}

/** Merges neighbouring buckets, so that the side fits a schema that is `schemaSteps` lower. */
export function reduceSide(side: Side, schemaSteps: number): Side {
  if (schemaSteps === 0) return side;
  const reduced: Side = { indices: [], counts: [], compensations: [] };
  for (const [position, index] of side.indices.entries()) {
    const target = coarserIndex(index, schemaSteps);
    const count = side.counts[position] ?? 0;
    const compensation = side.compensations[position] ?? 0;
    if (reduced.indices.at(-1) === target) {
      const last = reduced.indices.length - 1;
      addToBucket(reduced, last, count);
      addToBucket(reduced, last, compensation);
    } else {
      pushBucket(reduced, target, { count, compensation });
    }
  }
  return reduced;
}

/** What `mergeSides` has to know about the histogram it works for. */
export interface MergeOptions {
  readonly schema: number;
  readonly zeroThreshold: number;
  /** -1 subtracts the second side. */
  readonly sign: 1 | -1;
}

/**
 * Adds the buckets of `other` to `side`. Buckets of `other` that lie in the zero bucket are left
 * out, because the zero count holds them already.
 */
export function mergeSides(side: Side, other: Side, options: MergeOptions): Side {
  const merged: Side = { indices: [], counts: [], compensations: [] };
  let position = 0;
  for (let next = countInZeroBucket(other, options); next < other.indices.length; next += 1) {
    const index = other.indices[next] ?? 0;
    const count = (other.counts[next] ?? 0) * options.sign;
    const compensation = (other.compensations[next] ?? 0) * options.sign;
    position = copyUntil(merged, side, { position, end: index });
    if (side.indices[position] === index) {
      position = copyUntil(merged, side, { position, end: index + 1 });
      const last = merged.indices.length - 1;
      addToBucket(merged, last, count);
      if (compensation !== 0) addToBucket(merged, last, compensation);
    } else {
      pushBucket(merged, index, { count, compensation });
    }
  }
  copyUntil(merged, side, { position, end: Infinity });
  return merged;
}

function countInZeroBucket(side: Side, { schema, zeroThreshold }: MergeOptions): number {
  if (!isExponentialSchema(schema)) return 0;
  const first = side.indices.findIndex((index) => exponentialBound(index, schema) > zeroThreshold);
  return first === -1 ? side.indices.length : first;
}

/** Copies the buckets below an index; answers where it stopped. */
function copyUntil(target: Side, source: Side, slice: { position: number; end: number }): number {
  let { position } = slice;
  while (position < source.indices.length) {
    const index = source.indices[position] ?? 0;
    if (index >= slice.end) break;
    pushBucket(target, index, {
      count: source.counts[position] ?? 0,
      compensation: source.compensations[position] ?? 0,
    });
    position += 1;
  }
  return position;
}
