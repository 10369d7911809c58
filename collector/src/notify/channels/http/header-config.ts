import * as v from 'valibot';

import { type Secret, texts } from '../fields.ts';

export interface HeaderConfig {
  /** In lower case. */
  readonly name: string;
  readonly values: readonly Secret[];
}

/** Headers that say where the request goes or how its body is framed. */
const RESERVED: ReadonlySet<string> = new Set([
  'authorization',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'host',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
]);

const headerName = v.pipe(
  v.string(),
  v.regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/u, 'expected the name of a header'),
  v.check((name) => !RESERVED.has(name.toLowerCase()), 'expected a header that may be set'),
);

/** Headers of each request: values, secrets and files with secrets. */
export const httpHeaders: v.GenericSchema<unknown, readonly HeaderConfig[]> = v.pipe(
  v.record(
    headerName,
    v.strictObject({
      values: v.optional(texts, []),
      secrets: v.optional(texts, []),
      files: v.optional(texts, []),
    }),
  ),
  v.transform((record) =>
    Object.entries(record).map(([name, { values, secrets, files }]): HeaderConfig => {
      const inline = [...values, ...secrets].map((value) => ({ value }));
      return { name: name.toLowerCase(), values: [...inline, ...files.map((file) => ({ file }))] };
    }),
  ),
);

/** A list of texts for each header, as `proxy_connect_header` has. */
export const connectHeaders: v.GenericSchema<unknown, readonly HeaderConfig[]> = v.pipe(
  v.record(v.string(), texts),
  v.transform((record) =>
    Object.entries(record).map(([name, values]): HeaderConfig => {
      return { name: name.toLowerCase(), values: values.map((value) => ({ value })) };
    }),
  ),
);
