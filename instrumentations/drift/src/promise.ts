import type { DriftOptions } from './types.ts';

/** A promise of fewer records would be broken by the first odd window. */
const RECORDS_MIN = 1000;
const RECORDS_MAX = 1e12;

const DURATION = /^(\d+(?:\.\d+)?)(s|m|h|d|w)$/u;
const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** How long false alarms should be apart: in records, or in time. */
export type FalseAlarmOptions = Pick<DriftOptions, 'falseAlarmEvery' | 'falseAlarmEveryMs'>;

/**
 * The options of a promise as a user writes it: `1000000` records, or `30d`.
 *
 * @returns nothing for what is neither
 */
export function falseAlarmOptions(every: number | string): Partial<FalseAlarmOptions> | undefined {
  const records = typeof every === 'number' ? every : Number(every.trim() || Number.NaN);
  if (Number.isFinite(records)) return records > 0 ? { falseAlarmEvery: records } : undefined;
  const [, amount, unit = ''] = DURATION.exec(String(every).trim()) ?? [];
  const falseAlarmEveryMs = Number(amount) * (UNIT_MS[unit] ?? Number.NaN);
  return falseAlarmEveryMs > 0 ? { falseAlarmEveryMs } : undefined;
}

/**
 * The records that a promise means for one stream. In time it follows the rate of its records; until
 * that is known, `falseAlarmEvery` stands in.
 */
export function promisedRecords(options: FalseAlarmOptions, perMs: number | undefined): number {
  const { falseAlarmEvery, falseAlarmEveryMs } = options;
  if (falseAlarmEveryMs === undefined || perMs === undefined) return falseAlarmEvery;
  return Math.min(RECORDS_MAX, Math.max(RECORDS_MIN, falseAlarmEveryMs * perMs));
}
