import { type OptionRow, type OptionValue, type Problem, parseOption } from '@telltale/core';

import { nearestName } from './nearest-name.ts';

/** Variables of the alert service and of `.env` files that are not ours to judge. */
const OTHERS = /^TELLTALE_(?:COLLECTOR|ALERT|SERVICE)_/u;
/** `OTEL_*` belongs to everybody, so only what looks like a slip of the hand is a problem. */
const OTEL_SLIP_EDITS = 2;

export interface ReadOptions {
  /** By key, or by the variable where there is no key. */
  readonly values: ReadonlyMap<string, OptionValue>;
  readonly problems: readonly Problem[];
}

/** The name under which the value of a row is kept. */
export const optionName = (row: OptionRow): string => (row.key === '' ? (row.env ?? '') : row.key);

/** Reads every option that the environment sets. An empty variable counts as not set. */
export function readEnvironment(
  rows: readonly OptionRow[],
  env: Readonly<Record<string, string | undefined>>,
): ReadOptions {
  const values = new Map<string, OptionValue>();
  const problems: Problem[] = [];
  for (const row of rows) {
    const text = row.env === undefined ? undefined : env[row.env];
    if (row.env === undefined || text === undefined || text.trim() === '') continue;
    const parsed = parseOption(row, text);
    if (parsed.ok) values.set(optionName(row), parsed.value);
    else problems.push({ path: row.env, message: mask(row, parsed.reason) });
  }
  return { values, problems: [...problems, ...strangers(rows, env)] };
}

function mask(row: OptionRow, reason: string): string {
  return row.isSecret === true ? 'Cannot use the value of this secret' : `Cannot use it: ${reason}`;
}

function strangers(
  rows: readonly OptionRow[],
  env: Readonly<Record<string, string | undefined>>,
): Problem[] {
  const known = rows.flatMap((row) => (row.env === undefined ? [] : [row.env]));
  const knownSet = new Set(known);
  return Object.keys(env)
    .filter((name) => /^(?:TELLTALE|OTEL)_/u.test(name))
    .filter((name) => !knownSet.has(name) && !OTHERS.test(name))
    .flatMap((name) => {
      const isOurs = name.startsWith('TELLTALE_');
      const nearest = nearestName(name, known, isOurs ? undefined : OTEL_SLIP_EDITS);
      if (!isOurs && nearest === undefined) return [];
      const hint = nearest === undefined ? '' : `: the nearest valid name is ${nearest}`;
      return [{ path: name, message: `Cannot find an option of this name${hint}` }];
    });
}
