import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';

import { delay, freePort, ServiceProcess } from '../../support/collector/service-process.ts';
import { createRandom } from '../phases.ts';
import type { Outage } from '../verdict.ts';
import {
  type AcceptedMessage,
  type EarlyRequest,
  RECEIVERS,
  type Stalls,
} from './receiver-messages.ts';
import { SickReceivers } from './sick-receivers.ts';
import {
  deliveryTimes,
  duplicates,
  type HistoryRow,
  lostAlerts,
  orderViolations,
  quantile,
} from './verdict.ts';

const GROUPS = 500;
/** More alerts for each group after the last kill: the time of their messages is measured. */
const CALM_ALERTS_A_GROUP = 2;
const ALERTS_A_GROUP = 20;
/** A group's alerts come in so many parts, so that it has more than one message. */
const PARTS = 4;
const POST_ALERTS = 100;
const HOUR_MS = 3_600_000;
const DRAIN_MS_MAX = 150_000;
const HISTORY_PAGE = 1000;

export interface NotifyChaosOptions {
  readonly kills: number;
  readonly seed: number;
  /** Told of each kill. */
  readonly onKill: (line: string) => void;
}

export interface NotifyVerdict {
  readonly kills: number;
  readonly alerts: number;
  readonly messages: number;
  readonly requests: number;
  readonly lost: number;
  readonly requestsBeforeRetryAfter: number;
  readonly orderViolations: number;
  readonly duplicates: number;
  /** Of the healthy receiver. */
  readonly p99DeliveryMs: number;
  readonly healthyMessages: number;
  /** What the delay went for: until the message was with the receiver, and until that was noted. */
  readonly p99QueueMs: number;
  readonly p99AnswerMs: number;
  /** How long the receivers, which share the machine, did not get to answer. */
  readonly receiverStalls: Stalls;
  readonly loadAverage: number;
  readonly isGood: boolean;
}

interface Alert {
  readonly id: string;
  readonly part: number;
  readonly labels: Readonly<Record<string, string>>;
}

/** 10,000 alerts in 500 groups to receivers that are ill, with the service killed at bad moments. */
export async function runNotifyChaos(options: NotifyChaosOptions): Promise<NotifyVerdict> {
  const receivers = new SickReceivers(options.seed);
  await receivers.start();
  return Promise.race([runWith(receivers, options), receivers.failure]);
}

async function runWith(
  receivers: SickReceivers,
  options: NotifyChaosOptions,
): Promise<NotifyVerdict> {
  const random = createRandom(options.seed);
  const folder = mkdtempSync(join(tmpdir(), 'telltale-chaos-notify-'));
  const port = await freePort();
  writeConfig(folder, port, receivers.url);
  const service = new ServiceProcess(folder, port);
  const outages: Outage[] = [];
  try {
    await service.start();
    const alerts = alertsOf('a', ALERTS_A_GROUP);
    const kill = killer({ service, receivers, random, outages, options });
    const half = Math.floor(options.kills / 2);
    await Promise.all([postAll(port, alerts, HOUR_MS), kill(half)]);
    receivers.recover();
    await drain(() => lostAlerts(ids(alerts), receivers.accepted, 'firing').length === 0);
    await Promise.all([postAll(port, alerts, 0), kill(options.kills - half)]);
    await drain(() => lostAlerts(ids(alerts), receivers.accepted, 'resolved').length === 0);
    const calmFromMs = Date.now();
    await calmPhase(port, receivers);
    // After a kill everything that waited is sent at once: that is no measure of sick neighbours.
    const measuredFromMs = options.kills === 0 ? 0 : calmFromMs;
    const history = await healthyHistory(service);
    const rows = history.filter(({ tsMs }) => tsMs >= measuredFromMs);
    const counts = await receivers.count();
    return verdictOf(alerts, receivers, { kills: options.kills, rows, outages, ...counts });
  } finally {
    await service.end('SIGKILL');
    receivers.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Nothing is killed any more, and only receivers are ill. */
async function calmPhase(port: number, receivers: SickReceivers): Promise<void> {
  const alerts = alertsOf('calm', CALM_ALERTS_A_GROUP);
  for (const [status, endsInMs] of [
    ['firing', HOUR_MS],
    ['resolved', 0],
  ] as const) {
    await postAll(port, alerts, endsInMs);
    await drain(() => lostAlerts(ids(alerts), receivers.accepted, status).length === 0);
  }
}

function verdictOf(
  alerts: readonly Alert[],
  receivers: SickReceivers,
  run: {
    readonly kills: number;
    readonly rows: readonly HistoryRow[];
    readonly outages: readonly Outage[];
    readonly requests: number;
    readonly stalls: Stalls;
  },
): NotifyVerdict {
  const { accepted, early } = receivers;
  const lost =
    lostAlerts(ids(alerts), accepted, 'firing').length +
    lostAlerts(ids(alerts), accepted, 'resolved').length;
  const healthy = accepted.filter(({ receiver }) => receiver === 'healthy');
  const times = deliveryTimes(run.rows, healthy, run.outages);
  const p99 = (read: (time: (typeof times)[number]) => number): number =>
    quantile(times.map(read), 0.99);
  const figures = {
    kills: run.kills,
    alerts: alerts.length,
    messages: accepted.length,
    requests: run.requests,
    lost,
    requestsBeforeRetryAfter: early.length,
    orderViolations: orderViolations(accepted),
    duplicates: duplicates(accepted),
    p99DeliveryMs: p99(({ totalMs }) => totalMs),
    healthyMessages: times.length,
    p99QueueMs: p99(({ queueMs }) => queueMs),
    p99AnswerMs: p99(({ answerMs }) => answerMs),
    receiverStalls: run.stalls,
    loadAverage: Math.round((loadavg()[0] ?? 0) * 10) / 10,
  };
  if (lost > 0) tellLost(alerts, accepted);
  for (const each of early) tellEarly(each, run.outages);
  const isGood =
    lost + early.length + figures.orderViolations === 0 &&
    figures.duplicates <= run.kills &&
    figures.healthyMessages > 0 &&
    figures.p99DeliveryMs < 1000;
  return { ...figures, isGood };
}

function tellLost(alerts: readonly Alert[], accepted: readonly AcceptedMessage[]): void {
  for (const status of ['firing', 'resolved'] as const) {
    const missing = new Set(lostAlerts(ids(alerts), accepted, status));
    const labels = alerts.filter(({ id }) => missing.has(id)).map((alert) => alert.labels);
    const groups = new Set(labels.map(({ to, group }) => `${to} ${group}`));
    process.stderr.write(`not shown as ${status}: ${[...groups].join(', ')}\n`);
  }
}

/** Whether the service can have known of the pause: it cannot know an answer that a kill cut off. */
function tellEarly({ atMs, askedMs, untilMs }: EarlyRequest, outages: readonly Outage[]): void {
  const kill = outages.findLast(({ fromMs }) => fromMs <= atMs);
  const wasAsked = `asked ${atMs - askedMs} ms before, for ${untilMs - askedMs} ms`;
  const wasKilled =
    kill === undefined || kill.fromMs < askedMs
      ? 'no kill between'
      : `killed ${kill.fromMs - askedMs} ms after that, up again after ${kill.toMs - kill.fromMs} ms`;
  process.stderr.write(`early request: ${wasAsked}; ${wasKilled}\n`);
}

function writeConfig(folder: string, port: number, url: string): void {
  writeFileSync(
    join(folder, 'telltale.yaml'),
    `collector:
  listen: {otlp: '', api: '127.0.0.1:${port}'}
  alertmanager_config: alertmanager.yml
  log: {level: error}
  notify: {outbox: {backoff: {initial: 200ms, max: 2s}}}
`,
  );
  const routes = RECEIVERS.map((name) => `  - {matchers: ['to="${name}"'], receiver: ${name}}`);
  const entries = RECEIVERS.map(
    (name) => `- {name: ${name}, webhook_configs: [{url: '${url}/${name}', timeout: 1s}]}`,
  );
  writeFileSync(
    join(folder, 'alertmanager.yml'),
    `route:
  receiver: healthy
  group_by: [group]
  group_wait: 1s
  group_interval: 2s
  repeat_interval: 1h
  routes:
${routes.join('\n')}
receivers:
${entries.join('\n')}
`,
  );
}

function alertsOf(prefix: string, inEachGroup: number): readonly Alert[] {
  return Array.from({ length: GROUPS * inEachGroup }, (_, index) => {
    const group = index % GROUPS;
    const inGroup = Math.floor(index / GROUPS);
    const to = RECEIVERS[group % RECEIVERS.length] ?? 'healthy';
    const id = `${prefix}${index}`;
    const labels = { alertname: 'Chaos', group: `g${group}`, to, id };
    return { id, part: inGroup % PARTS, labels };
  });
}

function ids(alerts: readonly Alert[]): readonly string[] {
  return alerts.map(({ id }) => id);
}

/** Posts every alert, part after part, again until it is taken. */
async function postAll(port: number, alerts: readonly Alert[], endsInMs: number): Promise<void> {
  for (let part = 0; part < PARTS; part += 1) {
    const those = alerts.filter((alert) => alert.part === part);
    if (those.length === 0) continue;
    for (let at = 0; at < those.length; at += POST_ALERTS) {
      await postUntilTaken(port, those.slice(at, at + POST_ALERTS), endsInMs);
    }
    await delay(2500);
  }
}

async function postUntilTaken(
  port: number,
  alerts: readonly Alert[],
  endsInMs: number,
): Promise<void> {
  for (;;) {
    const endsAt = new Date(Date.now() + endsInMs).toISOString();
    const body = JSON.stringify(alerts.map(({ labels }) => ({ labels, endsAt })));
    const isTaken = await fetch(`http://127.0.0.1:${port}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    }).then(
      ({ status }) => status === 200,
      () => false,
    );
    if (isTaken) return;
    await delay(50);
  }
}

interface Killing {
  readonly service: ServiceProcess;
  readonly receivers: SickReceivers;
  readonly random: () => number;
  readonly outages: Outage[];
  readonly options: NotifyChaosOptions;
}

/**
 * Kills the service again and again: every second time at any moment, and every second time when a
 * receiver has just accepted a message, which is between sending it and noting that.
 */
function killer(killing: Killing): (kills: number) => Promise<void> {
  const { service, receivers, random, outages, options } = killing;
  return async (kills) => {
    for (let kill = 0; kill < kills; kill += 1) {
      await delay(300 + random() * 1500);
      const isAtAccept = kill % 2 === 1;
      if (isAtAccept) await killAtAccept(service, receivers);
      const fromMs = Date.now();
      await service.end('SIGKILL');
      await service.start();
      outages.push({ fromMs, toMs: Date.now() });
      options.onKill(`kill ${outages.length}${isAtAccept ? ' between send and commit' : ''}`);
    }
  };
}

/** A receiver may have nothing to accept just then. */
const ACCEPT_MS_MAX = 3000;

async function killAtAccept(service: ServiceProcess, receivers: SickReceivers): Promise<void> {
  const { pid } = service;
  if (pid === undefined) return;
  await Promise.race([receivers.killAtAccept(pid), delay(ACCEPT_MS_MAX)]);
  receivers.spare();
}

async function drain(isDone: () => boolean): Promise<void> {
  const deadline = Date.now() + DRAIN_MS_MAX;
  while (!isDone() && Date.now() < deadline) await delay(250);
}

async function healthyHistory(service: ServiceProcess): Promise<readonly HistoryRow[]> {
  const rows: HistoryRow[] = [];
  let cursor = '';
  do {
    const page = (await service.get(
      `/monitoring/alerts/history?receiver=healthy&limit=${HISTORY_PAGE}${cursor}`,
    )) as { readonly history: readonly HistoryRow[]; readonly next?: string };
    rows.push(...page.history);
    cursor = page.next === undefined ? '' : `&cursor=${page.next}`;
  } while (cursor !== '');
  return rows;
}
