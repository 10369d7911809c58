import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { encodeOtlp } from '../../test/support/otlp/otlp-proto.ts';
import { median } from '../quantiles.ts';
import { RULE_SHAPES, type RuleShape, SAMPLES, STEP_MS, type WorkloadSeries } from './workload.ts';

const BINARY = resolve(import.meta.dirname, '../../.cache/tools/current/bin/prometheus');
const READY_MS_MAX = 20_000;
const READINGS = 15;

/** Median seconds of one evaluation of each rule, as Prometheus itself reports it. */
export type ReferenceSeconds = ReadonlyMap<string, number>;

/**
 * Runs the same rules over the same series in a real Prometheus: samples go in over OTLP, oldest
 * first, and the rules are evaluated each second on the five minutes that have just passed.
 *
 * @returns `undefined` when no binary was built (`npm run tools`).
 */
export async function measurePrometheus(
  workload: readonly WorkloadSeries[],
): Promise<ReferenceSeconds | undefined> {
  if (!existsSync(BINARY)) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'bench-rules-'));
  const port = await freePort();
  writeFileSync(join(folder, 'prometheus.yml'), CONFIGURATION);
  writeFileSync(join(folder, 'rules.yml'), JSON.stringify(ruleFile(), null, 2));
  const child = spawn(
    BINARY,
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--web.enable-otlp-receiver',
      '--log.level=error',
    ],
    { stdio: 'ignore' },
  );
  try {
    const url = `http://127.0.0.1:${port}`;
    await ready(url);
    await send(url, workload);
    return await readEvaluationTimes(url);
  } finally {
    child.kill('SIGKILL');
    await new Promise((done) => child.once('exit', done));
    rmSync(folder, { recursive: true, force: true });
  }
}

const CONFIGURATION = `
global: { evaluation_interval: 1s }
rule_files: [rules.yml]
otlp: { translation_strategy: NoTranslation }
`;

function ruleFile(): object {
  const rules = RULE_SHAPES.map(({ alert, expr, annotations }) => ({ alert, expr, annotations }));
  // The first rule of a cycle pays for waking up, which is not what is measured.
  const first = { alert: 'First', expr: 'vector(0) > 1' };
  return { groups: [{ name: 'bench', interval: '1s', rules: [first, ...rules] }] };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === 'string') throw new Error('Cannot find a free port');
  return address.port;
}

async function ready(url: string): Promise<void> {
  const deadline = Date.now() + READY_MS_MAX;
  while (Date.now() < deadline) {
    const answer = await fetch(`${url}/-/ready`).catch(() => undefined);
    if (answer?.ok === true) return;
    await sleep(100);
  }
  throw new Error('Cannot reach Prometheus: it is not ready in time');
}

/** Sends the window that ends now. */
async function send(url: string, workload: readonly WorkloadSeries[]): Promise<void> {
  const endMs = Date.now();
  for (let step = 0; step < SAMPLES; step += 1) {
    const timeMs = endMs - (SAMPLES - 1 - step) * STEP_MS;
    const body = encodeOtlp('ExportMetricsServiceRequest', exportAt(workload, step, timeMs));
    const answer = await fetch(`${url}/api/v1/otlp/v1/metrics`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf' },
      body,
    });
    if (!answer.ok) throw new Error(`Cannot send samples: ${answer.status} ${await answer.text()}`);
  }
}

function exportAt(workload: readonly WorkloadSeries[], step: number, timeMs: number): object {
  const byName = new Map<string, object[]>();
  for (const series of workload) {
    const attributes = [...series.labels]
      .filter(([key]) => key !== '__name__')
      .map(([key, stringValue]) => ({ key, value: { stringValue } }));
    const point = {
      attributes,
      timeUnixNano: `${timeMs}000000`,
      asDouble: series.valueAt(step),
    };
    const points = byName.get(series.labels.metricName);
    if (points === undefined) byName.set(series.labels.metricName, [point]);
    else points.push(point);
  }
  const metrics = [...byName].map(([name, dataPoints]) => ({ name, gauge: { dataPoints } }));
  return { resourceMetrics: [{ scopeMetrics: [{ metrics }] }] };
}

interface RulesAnswer {
  readonly data: {
    readonly groups: readonly {
      readonly rules: readonly {
        readonly name: string;
        readonly evaluationTime: number;
        readonly lastEvaluation: string;
        readonly alerts: readonly unknown[];
        readonly health: string;
      }[];
    }[];
  };
}

async function readEvaluationTimes(url: string): Promise<ReferenceSeconds> {
  const seconds = new Map<string, number[]>();
  const seen = new Set<string>();
  for (let reading = 0; reading < READINGS; reading += 1) {
    await sleep(1000);
    const answer = (await (await fetch(`${url}/api/v1/rules`)).json()) as RulesAnswer;
    for (const rule of answer.data.groups[0]?.rules ?? []) {
      const shape = RULE_SHAPES.find(({ alert }) => alert === rule.name);
      if (shape === undefined || rule.health !== 'ok' || seen.has(key(rule))) continue;
      requireAlerts(shape, rule.alerts.length);
      seen.add(key(rule));
      seconds.set(shape.name, [...(seconds.get(shape.name) ?? []), rule.evaluationTime]);
    }
  }
  return new Map([...seconds].map(([name, times]) => [name, median(times)]));
}

function key(rule: { readonly name: string; readonly lastEvaluation: string }): string {
  return `${rule.name} ${rule.lastEvaluation}`;
}

/** A reference that reads other data than we do would be worthless. */
function requireAlerts({ name, fires }: RuleShape, alerts: number): void {
  if (alerts !== fires) throw new Error(`Cannot compare ${name}: ${alerts} alerts, not ${fires}`);
}
