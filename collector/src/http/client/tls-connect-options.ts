import type { TlsOptions, TlsVersion } from '../../model/tls-options.ts';

/** The part of the options of `node:tls` that a configuration can set. */
export interface TlsConnectOptions {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
  readonly minVersion: TlsVersion;
  readonly maxVersion?: TlsVersion;
}

/** TLS options in the words of `node:tls`. */
export function tlsConnectOptions(tls: TlsOptions): TlsConnectOptions {
  return {
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    ...(tls.cert === undefined ? {} : { cert: tls.cert }),
    ...(tls.key === undefined ? {} : { key: tls.key }),
    ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
    ...(tls.isUnchecked === true ? { rejectUnauthorized: false } : {}),
    minVersion: tls.versionMin ?? 'TLSv1.2',
    ...(tls.versionMax === undefined ? {} : { maxVersion: tls.versionMax }),
  };
}
