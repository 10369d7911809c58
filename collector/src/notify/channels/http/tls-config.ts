import * as v from 'valibot';

import type { TlsVersion } from '../../../model/tls-options.ts';
import { atMostOne, flag, nonEmptyText, type Secret, secretOf } from '../fields.ts';

/** PEM texts or files with them. */
export interface TlsConfig {
  readonly ca: Secret | undefined;
  readonly cert: Secret | undefined;
  readonly key: Secret | undefined;
  readonly serverName: string | undefined;
  readonly isUnchecked: boolean;
  readonly versionMin: TlsVersion | undefined;
  readonly versionMax: TlsVersion | undefined;
}

const VERSIONS: Readonly<Record<string, TlsVersion>> = {
  TLS10: 'TLSv1',
  TLS11: 'TLSv1.1',
  TLS12: 'TLSv1.2',
  TLS13: 'TLSv1.3',
};

const tlsVersion: v.GenericSchema<unknown, TlsVersion> = v.pipe(
  v.picklist(Object.keys(VERSIONS), 'expected one of TLS10, TLS11, TLS12, TLS13'),
  v.transform((name) => VERSIONS[name] ?? 'TLSv1.2'),
);

export const tlsConfig: v.GenericSchema<unknown, TlsConfig> = v.pipe(
  v.strictObject({
    ca: v.optional(nonEmptyText),
    ca_file: v.optional(nonEmptyText),
    cert: v.optional(nonEmptyText),
    cert_file: v.optional(nonEmptyText),
    key: v.optional(nonEmptyText),
    key_file: v.optional(nonEmptyText),
    server_name: v.optional(nonEmptyText),
    insecure_skip_verify: v.optional(flag, 'false'),
    min_version: v.optional(tlsVersion),
    max_version: v.optional(tlsVersion),
  }),
  v.check((tls) => !(tls.ca && tls.ca_file), atMostOne('ca', 'ca_file')),
  v.check((tls) => !(tls.cert && tls.cert_file), atMostOne('cert', 'cert_file')),
  v.check((tls) => !(tls.key && tls.key_file), atMostOne('key', 'key_file')),
  v.check(
    (tls) => Boolean(tls.cert ?? tls.cert_file) === Boolean(tls.key ?? tls.key_file),
    'expected a certificate and its key, or neither',
  ),
  v.transform((tls) => ({
    ca: secretOf(tls.ca, tls.ca_file),
    cert: secretOf(tls.cert, tls.cert_file),
    key: secretOf(tls.key, tls.key_file),
    serverName: tls.server_name,
    isUnchecked: tls.insecure_skip_verify,
    versionMin: tls.min_version,
    versionMax: tls.max_version,
  })),
);
