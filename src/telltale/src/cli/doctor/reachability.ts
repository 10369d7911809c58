import net from 'node:net';

import { readDeclaredFile } from '../../config/file/declared-file.ts';
import type { Config } from '../../config.ts';
import { type Signal, withoutSecrets } from '../../export/delivery.ts';
import { endpointOf } from '../../export/otlp/endpoint.ts';
import { maskText } from '../../masking/secret-text.ts';
import type { Check } from './check.ts';
import { type DeclaredExporter, declaredExporters } from './declared-exporters.ts';

const CONNECT_TIMEOUT_MS = 2_000;
const SIGNALS: readonly Signal[] = ['traces', 'metrics', 'logs'];

/** Opens a connection to the address of each signal, and sends nothing. */
export async function checkReachability(config: Config, folder: string): Promise<readonly Check[]> {
  const file = config.text('OTEL_CONFIG_FILE');
  const declared = file === undefined ? undefined : readDeclaredFile(file, folder);
  if (declared === undefined) {
    return Promise.all(SIGNALS.map((signal) => checkSignal(signal, config)));
  }
  if ('problem' in declared) return []; // told with the configuration
  const exporters = declaredExporters(declared.content);
  const silent = SIGNALS.filter((signal) => !exporters.some((one) => one.signal === signal));
  return [
    ...(await Promise.all(exporters.map(checkDeclared))),
    ...silent.map((signal): Check => {
      const message = `nowhere, as ${file} declares no exporter`;
      return { name: `export of ${signal}`, status: 'ok', message };
    }),
  ];
}

/** An exporter of the file: the variables of the environment do not count then. */
async function checkDeclared({ signal, kind, endpoint }: DeclaredExporter): Promise<Check> {
  const name = `export of ${signal}`;
  if (endpoint === undefined) return { name, status: 'ok', message: `${kind}, by the file` };
  // Variables are filled in by the SDK, when it starts.
  if (endpoint.includes('${') || !URL.canParse(endpoint)) {
    return { name, status: 'ok', message: `${kind} to ${maskText(endpoint)}, by the file` };
  }
  const problem = await connect(new URL(endpoint));
  const place = `${withoutSecrets(endpoint)} (${kind}, by the file)`;
  return problem === undefined
    ? { name, status: 'ok', message: `${place} is reachable` }
    : { name, status: 'fail', message: `${place} is not reachable: ${problem}` };
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
