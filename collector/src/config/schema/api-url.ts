import { hostname } from 'node:os';

import type { CollectorConfig } from './collector-config.ts';

const PORT_DEFAULT = 9465;
/** Addresses that mean every address of the machine: others need its name. */
const EVERY_ADDRESS: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/** Where links in messages lead when the configuration does not say. */
export function apiUrl({ api }: Pick<CollectorConfig['listen'], 'api'>): string {
  const { host, port } = api ?? { host: '127.0.0.1', port: PORT_DEFAULT };
  const name = EVERY_ADDRESS.has(host) ? hostname() : host;
  const written = name.includes(':') ? `[${name}]` : name;
  // The system chooses a port for 0, after the configuration was read.
  return `http://${written}:${port === 0 ? PORT_DEFAULT : port}`;
}
