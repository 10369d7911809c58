import { Unusable } from '../../unusable.ts';

const CATEGORY_LENGTH_MAX = 256;
const DATE = /^\d{4}-\d{2}-\d{2}(?:[T ]|$)/u;

/**
 * Reads a number of the application. The statistics never see NaN, infinity or another type: those
 * are records of their own.
 *
 * @returns `undefined` for what is not a finite number
 */
export function readNumber(value: unknown): number | undefined {
  // Minus zero equals zero and must fall into the same cell.
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : undefined;
  if (typeof value !== 'bigint') return undefined;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : undefined;
}

/** Reads a category of the application; `undefined` for what cannot be one. */
export function readCategory(value: unknown): string | undefined {
  if (typeof value === 'string') return value.slice(0, CATEGORY_LENGTH_MAX);
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
  return String(value + 0);
}

/** What a value is that no statistics can take, in words. Never the value itself. */
export function badKind(value: unknown): string {
  if (typeof value === 'number') return Number.isNaN(value) ? 'NaN' : 'an infinite number';
  if (typeof value === 'bigint') return 'a bigint beyond 2^53';
  if (value instanceof Unusable) return value.reason;
  if (value instanceof Date || (typeof value === 'string' && DATE.test(value))) return 'a date';
  if (typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value))) {
    return 'a number as text';
  }
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
