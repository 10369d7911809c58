import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { type SinkOptions, startProbeSink } from './probe-sink.ts';
import type { SeenRun } from './seen.ts';

export type Whose = 'upstream' | 'ours';

export interface ProbeRun {
  readonly whose: Whose;
  readonly file: string;
  readonly cwd: string;
  readonly sink: SinkOptions;
  /** `{sink}` stands for the address of the sink without scheme. */
  readonly env: Readonly<Record<string, string>>;
}

const TIMEOUT_MS = 30_000;

/** Runs the probe with one SDK as a process of its own, beside a backend of its own. */
export async function runProbe({
  whose,
  file,
  cwd,
  sink: options,
  env,
}: ProbeRun): Promise<SeenRun> {
  const sink = await startProbeSink(options);
  const address = `localhost:${sink.port}`;
  const given = Object.entries(env).map(([name, value]) => [
    name,
    value.replaceAll('{sink}', address),
  ]);
  const flags = whose === 'ours' ? ['--require', 'telltale/register'] : [];
  const child = spawn(process.execPath, [...flags, file], {
    cwd,
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      PROBE: whose,
      TELLTALE_INSTRUMENTATIONS: 'onnxruntime,http',
      TELLTALE_MONITORING_PORT: 'off',
      ...(Object.fromEntries(given) as Record<string, string>),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS);
  await once(child, 'close');
  clearTimeout(timer);
  sink.close();
  const line = /^probe (.*)$/mu.exec(stdout)?.[1];
  if (line === undefined) throw new Error(`The probe failed: ${stderr}`);
  const told = JSON.parse(line) as SeenRun['told'];
  return { requests: sink.requests, stdout: stdout.replace(/^probe .*$/mu, ''), told };
}
