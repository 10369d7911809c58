import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

import { metricsBody } from '../../test/support/collector/alert-service.ts';
import { startAlertService } from '../whole-process/alert-service.ts';

/** One instance of the fleet: so many series, sent every ten seconds. */
const SERIES_AN_INSTANCE = 200;
const EXPORT_EVERY_MS = 10_000;
/** Rules of one second that add up all instances, and as many that look at one. */
const RULES = 100;
const FIRST_INSTANCES = 25;
const INSTANCES_MAX = 3200;
const ROUNDS = 2;

export interface FleetKnee {
  /** The largest that was evaluated in time. */
  readonly instances: number;
  readonly series: number;
  readonly pointsPerSecond: number;
  readonly rules: number;
  /** The first that was not; absent when all were. */
  readonly lateAt?: number;
  readonly rssMib: number;
}

/** Doubles the fleet until evaluations are missed or requests are refused. */
export async function findFleet(): Promise<FleetKnee> {
  const server = await startAlertService({
    webhookUrl: 'http://127.0.0.1:9/',
    rules: rulesFile(),
    settings: '  limits: {max_series: 2000000, max_series_per_metric: 1000000}\n',
  });
  const [program] = server.programs;
  if (program === undefined) throw new Error('The alert service has no program');
  let held = { instances: 0, rssMib: 0 };
  let lateAt: number | undefined;
  try {
    for (let instances = FIRST_INSTANCES; instances <= INSTANCES_MAX; instances *= 2) {
      const before = await missed(server.apiUrl);
      const refused = await sendRounds(server.metricsUrl, instances);
      const late = (await missed(server.apiUrl)) - before;
      process.stderr.write(`${instances} instances: ${late} late, ${refused} refused\n`);
      if (late > 0 || refused > 0) {
        lateAt = instances;
        break;
      }
      held = { instances, rssMib: program.figures().rssMib };
    }
  } finally {
    await program.end();
    rmSync(server.folder, { recursive: true, force: true });
  }
  const series = held.instances * SERIES_AN_INSTANCE;
  return {
    ...held,
    series,
    pointsPerSecond: (series * 1000) / EXPORT_EVERY_MS,
    rules: 2 * RULES,
    ...(lateAt === undefined ? {} : { lateAt }),
  };
}

/** Evenly over each interval, as instances that started at any time do. */
async function sendRounds(url: string, instances: number): Promise<number> {
  let refused = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const startMs = performance.now();
    for (let instance = 0; instance < instances; instance += 1) {
      const dueMs = startMs + (instance / instances) * EXPORT_EVERY_MS;
      await sleep(Math.max(0, dueMs - performance.now()));
      if (!(await send(url, instance))) refused += 1;
    }
    const lateMs = performance.now() - startMs - EXPORT_EVERY_MS;
    // A sender that cannot keep up says as much as a refusal.
    if (lateMs > EXPORT_EVERY_MS / 10) refused += 1;
    await sleep(Math.max(0, -lateMs));
  }
  return refused;
}

async function send(url: string, instance: number): Promise<boolean> {
  const timeMs = Date.now();
  const points = Array.from({ length: SERIES_AN_INSTANCE }, (_, index) => ({
    name: `fleet.metric.${index % 20}`,
    value: (index * 7919 + timeMs) % 100,
    timeMs,
    attributes: { instance: `i-${instance}`, route: `/r/${index}` },
  }));
  const headers = { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' };
  const body = gzipSync(metricsBody(points));
  const response = await fetch(url, { method: 'POST', headers, body });
  await response.arrayBuffer();
  return response.ok;
}

async function missed(apiUrl: string): Promise<number> {
  const text = await (await fetch(`${apiUrl}/metrics`)).text();
  const line = /^telltale_collector_rule_missed\S* (?<value>\S+)/mu.exec(text);
  return Number(line?.groups?.['value'] ?? 0);
}

function rulesFile(): string {
  const all = Array.from({ length: RULES }, (_, rule) => {
    return `  - {alert: All${rule}, expr: 'sum by (route) (fleet_metric_${rule % 20}) > 1e12'}\n`;
  });
  const one = Array.from({ length: RULES }, (_, rule) => {
    return `  - {alert: One${rule}, expr: 'fleet_metric_${rule % 20}{instance="i-${rule}"} > 1e12'}\n`;
  });
  return `groups:\n- name: fleet\n  interval: 1s\n  rules:\n${[...all, ...one].join('')}`;
}
