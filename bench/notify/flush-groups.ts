import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createWebhookChannel } from '../../collector/src/notify/channels/webhook/channel.ts';
import { postedAlert } from '../../collector/src/notify/stages/alerts/posted-alert.ts';
import { LabelMatchers } from '../../collector/src/notify/stages/matching/label-matchers.ts';
import type { Route } from '../../collector/src/notify/stages/routing/route.ts';
import { AlertNotifier } from '../../collector/src/runtime/deliver/alert-notifier.ts';
import { NotifierState } from '../../collector/src/runtime/deliver/notifier-state.ts';
import { Outbox } from '../../collector/src/runtime/deliver/outbox.ts';
import { openDatabase } from '../../collector/src/runtime/sqlite/database.ts';
import { FakeClock } from '../../test/support/collector/fake-clock.ts';

const NOW = 1_700_000_000_000;
const WAIT_MS = 10_000;

/** Decides and commits the first message of so many groups, on a database on disk. */
export function flushGroupsMs(groups: number): number {
  const folder = mkdtempSync(join(tmpdir(), 'telltale-bench-notify-'));
  const { database } = openDatabase(join(folder, 'telltale.db'), NOW);
  const clock = new FakeClock(NOW);
  try {
    const notifier = createNotifier(clock, new Outbox(database), database);
    notifier.load();
    notifier.start();
    notifier.post(
      Array.from({ length: groups }, (_, index) =>
        postedAlert(
          {
            labels: { alertname: `A${index}`, severity: 'page' },
            annotations: {},
            generatorUrl: '',
          },
          { nowMs: NOW, resolveTimeoutMs: 3_600_000 },
        ),
      ),
    );
    clock.jump(WAIT_MS);
    const startMs = performance.now();
    notifier.tick();
    const tookMs = performance.now() - startMs;
    if (notifier.state.outbox.waitingCount !== groups) throw new Error('Not every group flushed');
    notifier.stop();
    return tookMs;
  } finally {
    database.close();
    rmSync(folder, { recursive: true });
  }
}

function createNotifier(
  clock: FakeClock,
  outbox: Outbox,
  database: ConstructorParameters<typeof NotifierState>[0],
): AlertNotifier {
  const config = {
    target: { url: 'http://hook/' },
    sendsResolved: true,
    alertsMax: 0,
    timeoutMs: 1000,
  };
  const channel = createWebhookChannel(config, 'bench');
  return new AlertNotifier(
    {
      state: new NotifierState(database, outbox, ROUTE),
      clock,
      onQueued: () => undefined,
      onCommitted: () => undefined,
      onStorage: (error) => {
        if (error !== undefined) throw error;
      },
      onHealth: () => undefined,
    },
    {
      root: ROUTE,
      receivers: [{ name: 'hook', integrations: [{ name: 'webhook[0]', channel }] }],
      inhibitRules: [],
      intervals: new Map(),
      resolveTimeoutMs: 300_000,
      externalUrl: '',
      resendAfterMute: 'never_shown',
      flap: undefined,
      policies: [],
      fallbackReceiver: undefined,
      silenceRetentionMs: 0,
      perAlertnameMax: Number.POSITIVE_INFINITY,
      rankOf: () => 1,
      describe: (alert) => alert,
    },
  );
}

const ROUTE: Route = {
  key: '{}',
  id: '{}',
  matchers: new LabelMatchers([]),
  continues: false,
  receivers: ['hook'],
  groupBy: new Set(['alertname']),
  groupWaitMs: WAIT_MS,
  groupIntervalMs: 60_000,
  repeatIntervalMs: 3_600_000,
  muteIntervals: [],
  activeIntervals: [],
  labels: {},
  isImmediate: false,
  routes: [],
};
