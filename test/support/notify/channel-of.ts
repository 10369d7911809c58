import type {
  Channel,
  ChannelContext,
  Delivery,
} from '../../../collector/src/notify/channels/channel.ts';
import type { GlobalSettings } from '../../../collector/src/notify/channels/global-settings.ts';
import type { ChannelSetup, EntryProblem } from '../../../collector/src/notify/channels/kind.ts';
import { CHANNEL_KINDS } from '../../../collector/src/notify/channels/kinds.ts';
import type { Notification } from '../../../collector/src/notify/stages/notification.ts';

/** What Alertmanager's `global` says by default. */
const GLOBAL: GlobalSettings = {
  resolveTimeoutMs: 300_000,
  httpConfig: undefined,
  smtp: { hello: 'localhost', requireTls: true, tlsConfig: undefined },
  slackAppUrl: 'https://slack.com/api/chat.postMessage',
  pagerdutyUrl: 'https://events.pagerduty.com/v2/enqueue',
  telegramApiUrl: 'https://api.telegram.org',
};

export const SETUP: ChannelSetup = {
  clientName: 'Telltale/1',
  externalUrl: 'http://alerts.example:9465',
  templates: [],
};

/** `2026-01-02T03:04:05.678Z`. */
export const NOW_MS: number = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

export const CONTEXT: ChannelContext = {
  nowMs: NOW_MS,
  readSecret: (path) => `secret-of-${path}`,
  readFile: (path) => `file ${path}`,
};

interface Surroundings {
  readonly global?: Partial<GlobalSettings>;
  readonly setup?: Partial<ChannelSetup>;
}

/** The channel of an entry; its scalars are texts, as the loader hands them over. */
export function channelOf(type: string, entry: unknown, around: Surroundings = {}): Channel {
  const read = kindOf(type).read(entry, { ...GLOBAL, ...around.global });
  if (read.kind === 'bad') throw new Error(JSON.stringify(read.problems));
  return read.create({ ...SETUP, ...around.setup });
}

/** What is wrong with an entry, as `path: message`. */
export function problemsOf(
  type: string,
  entry: unknown,
  global: Partial<GlobalSettings> = {},
): readonly string[] {
  const read = kindOf(type).read(entry, { ...GLOBAL, ...global });
  return read.kind === 'good' ? [] : read.problems.map(formatProblem);
}

function formatProblem({ path, message }: EntryProblem): string {
  return path.length === 0 ? message : `${path.join('.')}: ${message}`;
}

function kindOf(type: string): (typeof CHANNEL_KINDS)[number] {
  const found = CHANNEL_KINDS.find((kind) => kind.type === type);
  if (found === undefined) throw new Error(`No channel of type ${type}`);
  return found;
}

/** The body of a delivery by HTTP, parsed. */
export function bodyOf(delivery: Delivery): unknown {
  if (delivery.kind !== 'http') throw new Error(`Not sent by HTTP: ${delivery.kind}`);
  return JSON.parse(delivery.message.body);
}

/** The two alerts that Alertmanager's payloads were recorded with. */
export const DRIFT_ALERTS: Notification['alerts'] = [
  {
    fingerprint: '0b23acf6bd8566f2',
    labels: { alertname: 'ModelDrift', model: 'm1', severity: 'warning' },
    annotations: { summary: 'PSI 0.31' },
    startsAtMs: NOW_MS,
    generatorUrl: 'http://alerts.example/graph',
  },
  {
    fingerprint: '1fce4972e08ccb97',
    labels: { alertname: 'ModelDrift', feature: 'é', model: 'm1', severity: 'critical' },
    annotations: { summary: 'PSI 0.5' },
    startsAtMs: NOW_MS,
    generatorUrl: '',
  },
];

export function notificationOf(changes: Partial<Notification> = {}): Notification {
  return {
    receiver: 'all',
    groupKey: '{}:{alertname="ModelDrift", model="m1"}',
    groupLabels: { alertname: 'ModelDrift', model: 'm1' },
    reason: 'first_notification',
    externalUrl: 'http://alerts.example:9465',
    alerts: DRIFT_ALERTS,
    idempotencyKey: 'abcdef0123456789abcdef0123456789abcdef0123456789',
    ...changes,
  };
}
