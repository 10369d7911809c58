import { existsSync } from 'node:fs';

import type { Problem } from '@telltale/core';

/** What this needs of a configuration. */
interface Addresses {
  text(name: string): string | undefined;
  isSet(name: string): boolean;
}

const SIGNALS = ['traces', 'metrics', 'logs'] as const;
/** The paths that are added to the shared address, and belong to that of one signal only. */
const SIGNAL_PATH = /\/v1\/(?:traces|metrics|logs)\/?$/u;
const SCHEME = /^https?:\/\//iu;
/** What gRPC takes besides an address with a scheme. */
const HOST_AND_PORT = /^[\w.-]+:\d{1,5}$/u;
const CERTIFICATES = ['CERTIFICATE', 'CLIENT_CERTIFICATE', 'CLIENT_KEY'];

/**
 * Addresses and files of exports that cannot work, as `OTEL_*` writes them: without a scheme, with a
 * path that is added anyway, with a certificate that is not there. Addresses themselves are not
 * shown, because they may carry a password.
 */
export function addressProblems(config: Addresses): readonly Problem[] {
  return [
    ...schemeProblems(config),
    ...pathProblems(config),
    ...['', 'TRACES_', 'METRICS_', 'LOGS_'].flatMap((signal) => fileProblems(config, signal)),
  ];
}

function schemeProblems(config: Addresses): Problem[] {
  const names = ['export.endpoint', ...SIGNALS.map((signal) => `export.${signal}_endpoint`)];
  return names.flatMap((path) => {
    const address = config.text(path)?.trim();
    if (address === undefined || SCHEME.test(address)) return [];
    const speaksGrpc = [path.replace('_endpoint', '_protocol'), 'export.protocol'].some(
      (name) => config.text(name) === 'grpc',
    );
    if (speaksGrpc && HOST_AND_PORT.test(address)) return [];
    const message = 'Cannot use it: expected an address that starts with http:// or https://';
    return [{ path, message }];
  });
}

function pathProblems(config: Addresses): Problem[] {
  const address = config.text('export.endpoint') ?? '';
  const found = SIGNAL_PATH.exec(address)?.[0];
  if (found === undefined) return [];
  const message = `Cannot be meant: "${found}" is added to this address for each signal; leave it out, or set the address of one signal`;
  return [{ path: 'export.endpoint', message }];
}

function fileProblems(config: Addresses, signal: string): Problem[] {
  return CERTIFICATES.flatMap((name) => {
    const path = `OTEL_EXPORTER_OTLP_${signal}${name}`;
    const file = config.isSet(path) ? config.text(path) : undefined;
    if (file === undefined || existsSync(file)) return [];
    return [{ path, message: `Cannot find the file "${file}"` }];
  });
}
