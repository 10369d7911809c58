import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { stringify } from 'yaml';

import { freePort } from '../free-port.ts';
import type { MessageUrls } from '../messages/message-sinks.ts';
import { type AlertEvent, type AlertStory, alertStories } from './alert-story.ts';

const MAIN = fileURLToPath(new URL('../../../../collector/dist/main.js', import.meta.url));
const RULES = ['alerts.yaml', '../drift/drift-alerts.yaml'].map((name) =>
  fileURLToPath(new URL(name, import.meta.url)),
);
const READY_TIMEOUT_MS = 20_000;
const LINES_MAX = 20;

/** A measurement that points to the trace it was made in. */
export interface ExemplarLink {
  readonly traceId: string;
  readonly value: number;
  readonly timeMs: number;
  readonly isFailure: boolean;
}

/** The alert service, running beside the demo on free ports with a folder of its own. */
export interface AlertService {
  /** Where metrics are sent to. */
  readonly metricsUrl: string;
  readonly apiUrl: string;
  readonly lines: () => readonly string[];
  /** What alerts went through so far. */
  stories(): Promise<readonly AlertStory[]>;
  /** The sum of an instant query's values; 0 when nothing matches. */
  sum(expression: string): Promise<number>;
  /** Exemplars of inferences between two times, oldest first. */
  exemplars(startMs: number, endMs: number): Promise<readonly ExemplarLink[]>;
  stop(): Promise<void>;
}

/** Starts `telltale-collector serve` and waits until it is ready. */
export async function startAlertService(messages: MessageUrls): Promise<AlertService> {
  const folder = mkdtempSync(join(tmpdir(), 'telltale-demo-'));
  const [otlpPort, apiPort] = [await freePort(), await freePort()];
  writeFileSync(join(folder, 'telltale.yaml'), configuration(otlpPort, apiPort));
  writeFileSync(join(folder, 'alertmanager.yml'), stringify(receivers(messages)));
  const child = spawn(process.execPath, [MAIN, 'serve', '--config', 'telltale.yaml'], {
    cwd: folder,
    // A Ctrl-C reaches the demo only, which ends the service in order.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  await ready(child, lines);
  const apiUrl = `http://127.0.0.1:${apiPort}`;
  return {
    metricsUrl: `http://127.0.0.1:${otlpPort}/v1/metrics`,
    apiUrl,
    lines: () => lines,
    stories: async () => {
      const answer = await ask<{ history: AlertEvent[] }>(
        `${apiUrl}/monitoring/alerts/history?limit=1000`,
      );
      return alertStories(answer?.history ?? []);
    },
    sum: (expression) => sum(apiUrl, expression),
    exemplars: (startMs, endMs) => exemplars(apiUrl, startMs, endMs),
    stop: async () => {
      await stop(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function configuration(otlpPort: number, apiPort: number): string {
  return stringify({
    collector: {
      listen: { otlp: `127.0.0.1:${otlpPort}`, api: `127.0.0.1:${apiPort}` },
      data_dir: './data',
      rules: RULES,
      evaluation: { interval: '1s', on_arrival: { groups: ['*'] } },
      retain_all: '10m',
      external_url: `http://127.0.0.1:${apiPort}`,
      alertmanager_config: 'alertmanager.yml',
    },
  });
}

/** An ordinary file of Alertmanager's: who is told of what, and how. */
function receivers({ slackUrl, teamsUrl, smarthost }: MessageUrls): object {
  return {
    route: {
      receiver: 'people',
      group_by: ['alertname', 'ml_drift_stream'],
      group_wait: '0s',
      group_interval: '1s',
      repeat_interval: '1h',
    },
    receivers: [
      {
        name: 'people',
        slack_configs: [{ api_url: slackUrl, channel: '#models', send_resolved: true }],
        msteamsv2_configs: [{ webhook_url: teamsUrl }],
        email_configs: [
          {
            to: 'on-call@example.com',
            from: 'Telltale <alerts@example.com>',
            smarthost,
            // The mail server of the demo is in this process and has no certificate.
            require_tls: false,
            send_resolved: true,
          },
        ],
      },
    ],
  };
}

function ready(child: ChildProcess, lines: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (what: string): void => {
      clearTimeout(timer);
      reject(new Error([`Cannot start the alert service: ${what}`, ...lines].join('\n  ')));
    };
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail(`it was not ready within ${READY_TIMEOUT_MS / 1000} seconds`);
    }, READY_TIMEOUT_MS);
    const read = (line: string): void => {
      lines.push(line);
      if (lines.length > LINES_MAX) lines.shift();
      if (!line.includes('The alert service is ready')) return;
      clearTimeout(timer);
      resolve();
    };
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', read);
    }
    child.once('error', (cause) => fail(cause.message));
    child.once('close', () => fail('it ended'));
  });
}

async function sum(apiUrl: string, expression: string): Promise<number> {
  interface Answer {
    readonly data: { readonly result: readonly { readonly value: readonly [number, string] }[] };
  }
  const query = new URLSearchParams({ query: expression });
  const answer = await ask<Answer>(`${apiUrl}/api/v1/query?${query.toString()}`);
  return (answer?.data.result ?? []).reduce((total, { value }) => total + Number(value[1]), 0);
}

async function exemplars(
  apiUrl: string,
  startMs: number,
  endMs: number,
): Promise<readonly ExemplarLink[]> {
  interface Answer {
    readonly data: readonly {
      readonly seriesLabels: Readonly<Record<string, string>>;
      readonly exemplars: readonly {
        readonly labels: Readonly<Record<string, string>>;
        readonly value: string;
        readonly timestamp: number;
      }[];
    }[];
  }
  const query = new URLSearchParams({
    query: 'ml_inference_duration_seconds_bucket',
    start: String(startMs / 1000),
    end: String(endMs / 1000),
  });
  const answer = await ask<Answer>(`${apiUrl}/api/v1/query_exemplars?${query.toString()}`);
  return (answer?.data ?? [])
    .flatMap(({ seriesLabels, exemplars: list }) =>
      list.map(({ labels, value, timestamp }) => ({
        traceId: labels['trace_id'] ?? '',
        value: Number(value),
        timeMs: timestamp * 1000,
        isFailure: (seriesLabels['error_type'] ?? '') !== '',
      })),
    )
    .toSorted((a, b) => a.timeMs - b.timeMs);
}

/** The parsed answer, or `undefined` while the service does not give one. */
async function ask<T>(url: string): Promise<T | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    return response.ok ? ((await response.json()) as T) : undefined;
  } catch {
    return undefined;
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}
