import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import { freePort } from './run-app.ts';

export interface ServingApp {
  readonly child: ChildProcess;
  /** Where the application serves, without a path. */
  readonly url: string;
  /** Where the monitoring server listens, without a path. */
  readonly monitoringUrl: string;
  /** Everything it wrote on standard error. */
  stderr(): string;
  /** Sends a signal and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts an application that prints `port N`, with `telltale/register` and a monitoring port. */
export async function serveApp(options: {
  readonly file: string;
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}): Promise<ServingApp> {
  const monitoringPort = await freePort();
  const child = spawn(process.execPath, ['--require', 'telltale/register', options.file], {
    cwd: options.cwd,
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      ORT_DISABLE_TELEMETRY: '1',
      TELLTALE_MONITORING_PORT: String(monitoringPort),
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const port = await portOf(child, () => stderr);
  const monitoringUrl = `http://127.0.0.1:${monitoringPort}`;
  await untilAnswers(`${monitoringUrl}/healthz`);
  return {
    child,
    url: `http://127.0.0.1:${port}`,
    monitoringUrl,
    stderr: () => stderr,
    stop: async (signal = 'SIGTERM') => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'close');
      child.kill(signal);
      await ended;
    },
  };
}

async function portOf(child: ChildProcess, stderr: () => string): Promise<string> {
  if (child.stdout === null) throw new Error('Cannot read the output of the application');
  for await (const line of createInterface({ input: child.stdout })) {
    const port = /^port (\d+)$/u.exec(line)?.[1];
    if (port !== undefined) return port;
  }
  throw new Error(`Cannot start the application: ${stderr()}`);
}

async function untilAnswers(url: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const isUp = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (isUp) return;
    await new Promise((resolve) => {
      setTimeout(resolve, 25);
    });
  }
  throw new Error(`Cannot reach ${url}`);
}
