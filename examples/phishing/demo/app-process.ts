import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { FEATURES } from '../training/dataset.ts';
import type { Fault } from './alerting/fault-schedule.ts';

const EXAMPLE_FOLDER = fileURLToPath(new URL('..', import.meta.url));
const FOLLOW_PARENT = new URL('follow-parent.ts', import.meta.url).href;
const INJECT_FAULT = new URL('alerting/inject-fault.ts', import.meta.url).href;
/** What the demo adds to the command on the screen; the service itself does not need it. */
const DEMO_PRELOADS = ['--import', FOLLOW_PARENT, '--import', INJECT_FAULT];
const LISTENING = /^listening on (http:\S+)$/u;
const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 10_000;
const LINES_MAX = 20;

export interface AppOptions {
  /** Path of another application than the service of this folder. */
  readonly script?: string;
  /** `service.name`; default: phishing. */
  readonly name?: string;
  /** Further variables of the service, which win. */
  readonly env?: Readonly<Record<string, string>>;
  readonly port: number;
  readonly metricsPort: number;
  /** Where the service exports its telemetry to. */
  readonly otlpUrl: string;
  /** Where its metrics go instead, with the path. */
  readonly metricsOtlpUrl: string;
  readonly modelPath: string;
  /** Where the service writes its log; Telltale puts the process id into the name. */
  readonly logPath: string;
  /** The service records no predictions by itself. */
  readonly isAutomatic: boolean;
  /** What opens the endpoints below /monitoring. */
  readonly apiKey: string;
  /** A library that stands in for the driver of the GPU. */
  readonly nvmlLibrary?: string | undefined;
  /** Folder of baseline files that the service starts with; without one it learns all of them. */
  readonly baselines?: string | undefined;
}

export interface AppProcess {
  readonly pid: number | undefined;
  readonly url: string;
  readonly metricsUrl: string;
  /** Where the monitoring server listens, without a path. */
  readonly monitoringUrl: string;
  /** The last lines that the service or Telltale wrote, oldest first. */
  lines(): readonly string[];
  /** True from the moment the process ended, for any reason. */
  hasExited(): boolean;
  /** Makes the model slow or failing, or well again. */
  setFault(fault: Fault): void;
  /** Asks the service to end and waits for it; answers how it ended, such as `code 0`. */
  stop(): Promise<string>;
}

/**
 * Starts `node --require telltale/register app.ts` and waits until it listens.
 *
 * @throws {Error} with the last lines of the service when it ends or is silent for 30 seconds.
 */
export async function startApp(options: AppOptions): Promise<AppProcess> {
  const child = spawn(
    process.execPath,
    ['--require', 'telltale/register', ...DEMO_PRELOADS, options.script ?? 'app.ts'],
    {
      cwd: EXAMPLE_FOLDER,
      env: appEnvironment(options),
      // Its own process group: Ctrl-C reaches the demo only, which ends the service in order.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    },
  );
  const lines: string[] = [];
  const url = await listeningUrl(child, lines);
  return {
    pid: child.pid,
    url,
    metricsUrl: `http://127.0.0.1:${options.metricsPort}/metrics`,
    monitoringUrl: `http://127.0.0.1:${options.metricsPort}`,
    lines: () => lines,
    hasExited: () => hasExited(child),
    setFault: (fault) => {
      if (child.connected) child.send({ fault });
    },
    stop: () => stop(child),
  };
}

/** The demo must mean the same on every machine, so settings of the caller are left behind. */
function appEnvironment(options: AppOptions): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(?:OTEL_|TELLTALE_|NODE_OPTIONS$)/u.test(name),
  );
  return {
    ...Object.fromEntries(inherited),
    PORT: String(options.port),
    MODEL: options.modelPath,
    AUTOMATIC_PREDICTIONS: options.isAutomatic ? '1' : '0',
    OTEL_SERVICE_NAME: options.name ?? 'phishing',
    OTEL_EXPORTER_OTLP_ENDPOINT: options.otlpUrl,
    OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: options.metricsOtlpUrl,
    OTEL_METRIC_EXPORT_INTERVAL: '1000',
    OTEL_BSP_SCHEDULE_DELAY: '1000',
    TELLTALE_MONITORING_PORT: String(options.metricsPort),
    TELLTALE_API_KEY: options.apiKey,
    // Outputs are watched anyway; inputs are the user's choice.
    TELLTALE_DRIFT_INPUTS: 'all',
    TELLTALE_DRIFT_COLUMNS: JSON.stringify({ features: FEATURES }),
    // Until the cache of answers is full, the model sees another mix of pages than later.
    TELLTALE_DRIFT_BASELINE_WARMUP: '400',
    ...(options.baselines === undefined
      ? {}
      : {
          TELLTALE_DRIFT_BASELINE_SOURCE: 'file',
          TELLTALE_DRIFT_BASELINE_PATHS: options.baselines,
        }),
    TELLTALE_LOG_FILE: options.logPath,
    ...(options.nvmlLibrary === undefined
      ? {}
      : { TELLTALE_GPU_NVML_LIBRARY: options.nvmlLibrary }),
    // The demo counts every line, so none may be held back.
    TELLTALE_LOG_EVENTS_PER_SECOND: '10000',
    ...options.env,
  };
}

function listeningUrl(child: ChildProcess, lines: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail(`it did not listen within ${START_TIMEOUT_MS / 1000} seconds`);
    }, START_TIMEOUT_MS);
    const fail = (what: string): void => {
      clearTimeout(timer);
      reject(new Error([`Cannot start the service: ${what}`, ...lines].join('\n  ')));
    };
    const read = (line: string): void => {
      lines.push(line);
      if (lines.length > LINES_MAX) lines.shift();
      const url = LISTENING.exec(line)?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    };
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', read);
    }
    child.once('error', (cause) => fail(cause.message));
    child.once('close', () => fail(`it ended with ${ending(child)}`));
  });
}

async function stop(child: ChildProcess): Promise<string> {
  if (!hasExited(child)) {
    const exited = once(child, 'exit');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    child.kill('SIGTERM');
    await exited;
    clearTimeout(timer);
  }
  return ending(child);
}

function hasExited(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function ending(child: ChildProcess): string {
  return child.signalCode === null ? `code ${child.exitCode}` : `signal ${child.signalCode}`;
}
