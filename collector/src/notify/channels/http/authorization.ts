import * as v from 'valibot';

import { atMostOne, nonEmptyText, type Secret, secretOf } from '../fields.ts';

export type Authorization =
  | { readonly kind: 'basic'; readonly username: Secret; readonly password: Secret | undefined }
  | { readonly kind: 'token'; readonly type: string; readonly credentials: Secret };

/** A user name and a password. */
export const basicAuth: v.GenericSchema<unknown, Authorization> = v.pipe(
  v.strictObject({
    username: v.optional(nonEmptyText),
    username_file: v.optional(nonEmptyText),
    password: v.optional(nonEmptyText),
    password_file: v.optional(nonEmptyText),
  }),
  v.check(
    ({ username, username_file }) => (username === undefined) !== (username_file === undefined),
    'expected either username or username_file',
  ),
  v.check(
    ({ password, password_file }) => !(password && password_file),
    atMostOne('password', 'password_file'),
  ),
  v.transform(
    (auth): Authorization => ({
      kind: 'basic',
      username: secretOf(auth.username, auth.username_file) ?? { value: '' },
      password: secretOf(auth.password, auth.password_file),
    }),
  ),
);

/** A token of any type but Basic. */
export const authorization: v.GenericSchema<unknown, Authorization> = v.pipe(
  v.strictObject({
    type: v.optional(nonEmptyText, 'Bearer'),
    credentials: v.optional(nonEmptyText),
    credentials_file: v.optional(nonEmptyText),
  }),
  v.check(({ type }) => type.toLowerCase() !== 'basic', 'expected basic_auth in place of Basic'),
  v.check(
    (auth) => (auth.credentials === undefined) !== (auth.credentials_file === undefined),
    'expected either credentials or credentials_file',
  ),
  v.transform((auth): Authorization => {
    const credentials = secretOf(auth.credentials, auth.credentials_file) ?? { value: '' };
    return { kind: 'token', type: auth.type.trim(), credentials };
  }),
);
