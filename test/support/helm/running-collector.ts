import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { collectorConfigs, type KubernetesObject, workloads } from './rendered.ts';

/**
 * Starts the real OTel Collector as the pod of one of the chart's workloads would have it: its
 * configuration, its arguments and its variables. What the cluster gives stands in `given`: values
 * of variables that come from elsewhere, and files of Secrets by their path below /etc/otelcol.
 *
 * @throws {Error} with the end of its log when it does not become ready
 */
export async function startCollector(
  otelcol: string,
  {
    objects,
    name,
    folder,
    given,
  }: {
    readonly objects: readonly KubernetesObject[];
    readonly name: string;
    readonly folder: string;
    readonly given: {
      readonly env: Readonly<Record<string, string>>;
      readonly files: Readonly<Record<string, string>>;
    };
  },
): Promise<ChildProcess> {
  const pod = workloads(objects).find(({ object }) => object.metadata.name === name)?.pod;
  const container = pod?.containers[0];
  const text = collectorConfigs(objects)[name];
  if (container === undefined || text === undefined) throw new Error(`The chart has no ${name}`);
  const moved = (value: string): string => value.replaceAll('/etc/otelcol/', `${folder}/`);
  for (const [path, content] of Object.entries({ 'config.yaml': moved(text), ...given.files })) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const env = Object.fromEntries(
    (container.env ?? []).map(({ name: key, value = '' }) => [key, moved(value)] as const),
  );
  const child = spawn(otelcol, container.args.map(moved), {
    env: { ...env, ...given.env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await untilReady(child);
  return child;
}

function untilReady(child: ChildProcess): Promise<void> {
  let log = '';
  return new Promise((resolve, reject) => {
    child.stderr?.on('data', (chunk: Buffer) => {
      log = `${log}${chunk.toString()}`.slice(-4000);
      if (log.includes('Everything is ready')) resolve();
    });
    child.once('exit', (code) => reject(new Error(`otelcol ended with ${code}:\n${log}`)));
  });
}
