import type { ConnectionOptions } from 'node:tls';

import type { TlsOptions } from '../model/tls-options.ts';

/** TLS options in the words of `node:tls`. */
export function tlsConnectOptions(tls: TlsOptions): ConnectionOptions {
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
