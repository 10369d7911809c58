import { OUTCOME_INVALID, OUTCOME_NULL, OUTCOME_OK } from './baseline.ts';
import type { StreamKind } from './types.ts';

/** A value as a stream takes it, or why it cannot. */
export interface Observation {
  readonly outcome: typeof OUTCOME_OK | typeof OUTCOME_NULL | typeof OUTCOME_INVALID;
  readonly value?: number | string;
}

const NULL: Observation = { outcome: OUTCOME_NULL };
const INVALID: Observation = { outcome: OUTCOME_INVALID };
const CATEGORY_LENGTH_MAX = 256;

/**
 * Reads a value of the application. The statistics never see null, NaN, infinity or another type:
 * those are records of their own.
 */
export function readObservation(kind: StreamKind, value: unknown): Observation {
  if (value === null || value === undefined) return NULL;
  return kind === 'categorical' ? readCategory(value) : readNumber(value);
}

function readNumber(value: unknown): Observation {
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? { outcome: OUTCOME_OK, value: number } : INVALID;
  }
  if (typeof value !== 'number' || !Number.isFinite(value)) return INVALID;
  // Minus zero equals zero and must fall into the same cell.
  return { outcome: OUTCOME_OK, value: value + 0 };
}

function readCategory(value: unknown): Observation {
  if (typeof value === 'string') {
    return { outcome: OUTCOME_OK, value: value.slice(0, CATEGORY_LENGTH_MAX) };
  }
  if (typeof value === 'boolean' || typeof value === 'bigint') {
    return { outcome: OUTCOME_OK, value: String(value) };
  }
  if (typeof value !== 'number' || !Number.isFinite(value)) return INVALID;
  return { outcome: OUTCOME_OK, value: String(value + 0) };
}
