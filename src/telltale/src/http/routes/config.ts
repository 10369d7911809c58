import type { OptionRow, OptionValue } from '@telltale/core';

import { maskText, REDACTED } from '../../masking/secret-text.ts';
import { json } from '../message.ts';
import type { Route } from '../router.ts';

/** What the route needs of the configuration in force. */
export interface ShownConfig {
  get(name: string): OptionValue | undefined;
  origin(name: string): string | undefined;
  readonly path: string | undefined;
  readonly problems: readonly { readonly path: string; readonly message: string }[];
}

const MASK = '[set]';

/** `GET /monitoring/config`: every option that has a value, where it came from, secrets masked. */
export function configRoute(options: readonly OptionRow[], config: ShownConfig): Route {
  return {
    method: 'GET',
    path: '/monitoring/config',
    access: 'key',
    handle: () =>
      json(200, {
        file: config.path ?? null,
        options: options.flatMap((row) => shown(row, config)),
        problems: config.problems.map(({ path, message }) => ({ path, message })),
      }),
  };
}

function shown(row: OptionRow, config: ShownConfig): object[] {
  const name = row.key === '' ? (row.env ?? '') : row.key;
  const value = config.get(name);
  if (value === undefined) return [];
  const isSecret = row.isSecret === true;
  return [
    { name, env: row.env, value: isSecret ? MASK : masked(value), from: config.origin(name) },
  ];
}

/** Addresses may carry a user and a password. */
const masked = (value: OptionValue): OptionValue =>
  typeof value === 'string' ? maskText(value).replaceAll(`${REDACTED}@`, '') : value;
