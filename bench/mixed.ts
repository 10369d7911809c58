/**
 * The whole day of an alert service in half a minute: 500 rules at one second that all switch at
 * once, 20,000 points a second in small JSON bodies, and the messages that come of it. Beside it
 * Prometheus with Alertmanager under the same load. Both are whole processes, with the kernel's
 * count of CPU and memory.
 */
import { rmSync } from 'node:fs';

import { WebhookSink } from '../test/support/collector/service-process.ts';
import { MixedLoad } from './mixed/load.ts';
import { quantile } from './quantiles.ts';
import {
  type MeasuredServer,
  type ServerOptions,
  startAlertService,
} from './whole-process/alert-service.ts';
import { startPrometheus } from './whole-process/prometheus.ts';

const RULES = 500;
const WARMUP_SECONDS = 5;
const PHASE_SECONDS = 8;
/** Raised, lowered, raised: each switches all rules. */
const LEVELS = [20, 0, 20];

interface Figures {
  readonly cpuSeconds: number;
  readonly rssMb: number;
  readonly otlpP99Ms: number;
  readonly refused: number;
  readonly messages: number;
  readonly messagesP95Ms: number;
}

export async function main(options: { readonly isJson: boolean }): Promise<void> {
  const own = await measureWith(startAlertService);
  const peer = await measureWith(startPrometheus);
  const figures = {
    ...own,
    ...(peer === undefined
      ? {}
      : {
          prometheusCpuSeconds: peer.cpuSeconds,
          prometheusRssMb: peer.rssMb,
          prometheusOtlpP99Ms: peer.otlpP99Ms,
          prometheusMessages: peer.messages,
          prometheusMessagesP95Ms: peer.messagesP95Ms,
        }),
  };
  if (!options.isJson) {
    process.stdout.write(`${RULES} rules that switch at once, 20,000 points a second of JSON\n`);
  }
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}

async function measureWith(
  start: (options: ServerOptions) => Promise<MeasuredServer | undefined>,
): Promise<Figures | undefined> {
  const sink = new WebhookSink();
  await sink.start();
  const server = await start({ webhookUrl: sink.url, rules: rulesFile() });
  if (server === undefined) {
    sink.stop();
    return undefined;
  }
  try {
    return await measure(server, sink);
  } finally {
    await Promise.all(server.programs.map((program) => program.end()));
    sink.stop();
    rmSync(server.folder, { recursive: true, force: true });
  }
}

async function measure(server: MeasuredServer, sink: WebhookSink): Promise<Figures> {
  const load = new MixedLoad(server.metricsUrl, RULES);
  const total = (): { cpuSeconds: number; rssMib: number } => {
    const all = server.programs.map((program) => program.figures());
    const sum = (of: (each: (typeof all)[number]) => number): number =>
      all.reduce((before, each) => before + of(each), 0);
    return { cpuSeconds: sum((each) => each.cpuSeconds), rssMib: sum((each) => each.rssMib) };
  };
  await load.run(WARMUP_SECONDS);
  const before = total();
  const switchedMs: number[] = [];
  for (const level of LEVELS) {
    load.level = level;
    switchedMs.push(Date.now());
    await load.run(PHASE_SECONDS);
  }
  const after = total();
  const alerts = sink.received.flatMap(({ atMs, payload }) => payload.alerts.map(() => atMs));
  const waitsMs = alerts.map(
    (atMs) => atMs - (switchedMs.findLast((each) => each <= atMs) ?? atMs),
  );
  const { tookMs, refused } = load.figures();
  return {
    cpuSeconds: Math.round((after.cpuSeconds - before.cpuSeconds) * 100) / 100,
    rssMb: Math.round(after.rssMib),
    otlpP99Ms: Math.round(quantile(tookMs, 0.99)),
    refused,
    messages: alerts.length,
    messagesP95Ms: Math.round(quantile(waitsMs, 0.95)),
  };
}

function rulesFile(): string {
  const list = Array.from({ length: RULES }, (_, rule) => {
    const expr = `mixed_level{rule="${rule}"} > 10`;
    return `  - {alert: Mixed${rule}, expr: '${expr}', annotations: {summary: 'level {{ $value }}'}}\n`;
  });
  return `groups:\n- name: mixed\n  interval: 1s\n  rules:\n${list.join('')}`;
}
