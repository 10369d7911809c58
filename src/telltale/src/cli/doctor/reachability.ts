import net from 'node:net';

import type { Config } from '../../config.ts';
import { type Signal, withoutSecrets } from '../../export/delivery.ts';
import { endpointOf } from '../../export/endpoint.ts';
import type { Check } from '../check.ts';

const CONNECT_TIMEOUT_MS = 2_000;
const SIGNALS: readonly Signal[] = ['traces', 'metrics', 'logs'];

/** Opens a connection to the address of each signal, and sends nothing. */
export async function checkReachability(config: Config): Promise<readonly Check[]> {
  return Promise.all(SIGNALS.map((signal) => checkSignal(signal, config)));
}

async function checkSignal(signal: Signal, config: Config): Promise<Check> {
  const name = `export of ${signal}`;
  if (config.list(`export.${signal}`).includes('none')) {
    return { name, status: 'ok', message: 'switched off' };
  }
  const endpoint = endpointOf(signal, config);
  if (endpoint === undefined) {
    const message = 'nowhere, as no address is set; OTEL_EXPORTER_OTLP_ENDPOINT sets one';
    return { name, status: 'ok', message };
  }
  const problem = await connect(new URL(endpoint.url));
  const place = withoutSecrets(endpoint.url);
  if (problem === undefined) return { name, status: 'ok', message: `${place} is reachable` };
  const status = endpoint.isConfigured ? 'fail' : 'warn';
  return { name, status, message: `${place} is not reachable: ${problem}` };
}

function connect(url: URL): Promise<string | undefined> {
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  return new Promise((resolve) => {
    const socket = net.connect({ host: url.hostname.replace(/^\[|\]$/gu, ''), port });
    const end = (problem: string | undefined): void => {
      socket.destroy();
      resolve(problem);
    };
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => end(`no answer within ${CONNECT_TIMEOUT_MS} ms`));
    socket.once('connect', () => end(undefined));
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
  });
}
