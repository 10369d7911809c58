import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { type StackFiles, writeConfiguration } from './configuration.ts';
import { type Addresses, addressesOf, listenersOf, type Network, networkBelow } from './network.ts';
import { findPrograms } from './programs.ts';
import { Service } from './service.ts';
import { jaegerSpecs } from './services/jaeger.ts';
import {
  alertmanagerSpec,
  alertServiceSpec,
  otelCollectorSpec,
  prometheusSpec,
  tempoSpec,
} from './services/specs.ts';

export interface StackOptions {
  readonly folder: string;
  /** Three numbers, such as `127.9.0`. */
  readonly networkPrefix: string;
  /** Jaeger 2 in the place of Jaeger 1. */
  readonly hasJaeger2?: boolean;
  /** Whether metrics and alerts of an earlier stack in the folder stay; default: no. */
  readonly keepsData?: boolean;
  readonly onProgress: (line: string) => void;
}

/** The programs of docker-compose.yml, run from local binaries. */
export interface Stack {
  readonly addresses: Addresses;
  readonly network: Network;
  readonly files: StackFiles;
  /** By the names of docker-compose.yml, in the order in which they were started. */
  readonly services: ReadonlyMap<string, Service>;
  readonly apiKey: string;
  readonly hasTempo: boolean;
  health(): Promise<Readonly<Record<string, boolean>>>;
  /** Stops everything, the newest first. */
  stop(): Promise<void>;
}

/**
 * Starts everything and waits until it is healthy. Stores and receivers come first, so that nothing
 * that is sent is refused.
 *
 * @throws {Error} in one line: a program is missing, a port is taken, a service does not start.
 *   What was started is stopped again.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const jaeger = options.hasJaeger2 === true ? 'jaeger-2' : 'jaeger';
  const { paths, tempo } = findPrograms(['otelcol', 'prometheus', 'alertmanager', jaeger]);
  const network = networkBelow(options.networkPrefix);
  await checkPorts(network);
  const apiKey = randomBytes(24).toString('hex');
  const { folder, keepsData = false } = options;
  const files = writeConfiguration({ folder, network, key: apiKey, keepsData });
  const context = { network, files, apiKey };
  const specs = [
    prometheusSpec(paths.prometheus, context),
    tempo === undefined ? jaegerSpecs[jaeger](paths[jaeger], context) : tempoSpec(tempo, context),
    alertmanagerSpec(paths.alertmanager, context),
    alertServiceSpec(context),
    otelCollectorSpec(paths.otelcol, context),
  ];
  const services = new Map<string, Service>();
  const stop = async (): Promise<void> => {
    for (const service of [...services.values()].toReversed()) await service.stop();
  };
  try {
    for (const spec of specs) {
      const startedMs = performance.now();
      const service = new Service(spec);
      services.set(spec.name, service);
      await service.start();
      const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
      options.onProgress(`${spec.name} is healthy after ${seconds} s`);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  const health = async (): Promise<Record<string, boolean>> =>
    Object.fromEntries(
      await Promise.all(
        [...services.values()].map(async (service) => [service.name, await service.isHealthy()]),
      ),
    );
  return {
    addresses: addressesOf(network),
    network,
    files,
    services,
    apiKey,
    hasTempo: tempo !== undefined,
    health,
    stop,
  };
}

/** Says which address cannot be had before anything is started. */
async function checkPorts(network: Network): Promise<void> {
  for (const { name, host, port } of listenersOf(network)) {
    const code = await whyNot(host, port);
    if (code === undefined) continue;
    throw new Error(
      code === 'EADDRNOTAVAIL'
        ? `Cannot start ${name}: this machine has no address ${host}; on macOS add it with "sudo ifconfig lo0 alias ${host}"`
        : `Cannot start ${name}: ${host}:${port} is taken; stop what listens there, or choose another network with --network`,
    );
  }
}

/** The code of the error that listening there gives; `undefined` when it can be listened there. */
function whyNot(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', ({ code = 'unknown' }: NodeJS.ErrnoException) => resolve(code));
    server.listen(port, host, () => server.close(() => resolve(undefined)));
  });
}

/** Where a stack keeps its data unless told otherwise: two at a time share nothing. */
export const defaultFolder = (root: string, networkPrefix: string): string =>
  join(root, `.telltale/stack-${networkPrefix}`);
