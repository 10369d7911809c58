import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { MIGRATIONS } from '../../collector/src/runtime/sqlite/migrations.ts';
import { metricsBody } from '../support/collector/alert-service.ts';
import {
  delay,
  freePort,
  runCommand,
  ServiceProcess,
  WebhookSink,
} from '../support/collector/service-process.ts';

const RULES = `groups:
- name: queues
  interval: 1s
  rules:
  - alert: Full
    expr: queue_depth > 100
`;

/** Takes a database of today back to what version 2 of the schema would have held. */
const TO_VERSION_2 = `
CREATE TABLE notification_log (group_key TEXT NOT NULL, receiver TEXT NOT NULL,
  sent_ms INTEGER NOT NULL, firing TEXT NOT NULL, resolved TEXT NOT NULL,
  PRIMARY KEY (group_key, receiver)) STRICT, WITHOUT ROWID;
INSERT INTO notification_log SELECT document ->> 'groupKey', document ->> 'receiver',
  document ->> '$.entry.sentMs', document -> '$.entry.firing', document -> '$.entry.resolved'
  FROM notifier_state WHERE kind = 'log entry' AND document ->> 'receiver' = 'hook';
DROP TABLE notifier_state;
DROP INDEX history_kind;
ALTER TABLE history DROP COLUMN episode;
ALTER TABLE history DROP COLUMN integration;
ALTER TABLE history DROP COLUMN comment;
PRAGMA user_version = 2`;

/** And to version 1, which knew no baselines. */
const TO_VERSION_1 = `${TO_VERSION_2};
DROP TABLE drift_baselines; DROP TABLE drift_current; DROP TABLE drift_samples;
PRAGMA user_version = 1`;

let folder = '';
let sink: WebhookSink;
let service: ServiceProcess;
let otlpPort = 0;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'telltale-upgrade-'));
  sink = new WebhookSink();
  await sink.start();
  otlpPort = await freePort();
  const apiPort = await freePort();
  service = new ServiceProcess(folder, apiPort);
  writeFileSync(join(folder, 'rules.yml'), RULES);
  writeFileSync(
    join(folder, 'telltale.yaml'),
    `collector:
  listen: {otlp: '127.0.0.1:${otlpPort}', api: '127.0.0.1:${apiPort}'}
  data_dir: state
  rules: ['*.yml']
  notify: {receivers: [{name: hook, type: webhook, url: '${sink.url}'}]}
`,
  );
});
afterEach(async () => {
  await service.end('SIGKILL');
  sink.stop();
  rmSync(folder, { recursive: true });
});

const databasePath = (): string => join(folder, 'state/telltale.db');

/** Runs SQL on the database of a service that is not running. */
function execute(sql: string): void {
  const database = new DatabaseSync(databasePath());
  database.exec(sql);
  database.close();
}

async function send(value: number): Promise<void> {
  const body = metricsBody([{ name: 'queue_depth', value, timeMs: Date.now() }]);
  const response = await fetch(`http://127.0.0.1:${otlpPort}/v1/metrics`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf' },
    body: body as Uint8Array<ArrayBuffer>,
  });
  expect(response.status).toBe(200);
}

async function historyOf(kind: string): Promise<readonly unknown[]> {
  const { history } = (await service.get(`/monitoring/alerts/history?kind=${kind}`)) as {
    history: readonly unknown[];
  };
  return history;
}

/** Runs a service until its alert fires and is told, and ends it. */
async function untilTold(): Promise<void> {
  await service.start();
  await send(200);
  await sink.waitFor(({ payload }) => payload.status === 'firing');
  while ((await historyOf('notification.sent')).length === 0) await delay(5);
  expect(await service.end('SIGTERM')).toBe(0);
}

describe('upgrade', () => {
  test.for([
    ['2', TO_VERSION_2],
    ['1', TO_VERSION_1],
  ] as const)(
    'a data folder of schema %s goes on: the alert, its messages, its history',
    async ([, sql]) => {
      await untilTold();
      execute(sql);
      await service.start();
      expect(await service.get('/monitoring/alerts?state=firing')).toMatchObject({
        alerts: [{ alertname: 'Full', state: 'firing' }],
      });
      expect(await historyOf('notification.sent')).toHaveLength(1);
      // Resolved is told only to those who were told that it fires; that is told once.
      await send(5);
      await sink.waitFor(({ payload }) => payload.status === 'resolved');
      expect(sink.received.map(({ payload }) => payload.status)).toEqual(['firing', 'resolved']);
    },
  );
});

describe('rollback', () => {
  const newer = MIGRATIONS.length + 1;

  test('a database of a newer schema is refused in one line and stays as it is', async () => {
    await untilTold();
    execute(`PRAGMA user_version = ${newer}; CREATE TABLE of_the_future (x TEXT) STRICT`);
    const before = readFileSync(databasePath());
    const { code, stdout, stderr } = await runCommand(
      ['serve', '--config', 'telltale.yaml'],
      folder,
    );
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: '',
      stderr:
        `Cannot use "${databasePath()}": a newer version wrote it (schema ${newer}, known up to ` +
        `${MIGRATIONS.length}); start that version or set another collector.data_dir\n`,
    });
    expect(readFileSync(databasePath()).equals(before)).toBe(true);
    // The version that wrote it finds everything.
    execute(`PRAGMA user_version = ${MIGRATIONS.length}; DROP TABLE of_the_future`);
    await service.start();
    expect(await historyOf('notification.sent')).toHaveLength(1);
  });

  test('a log of a newer format is refused in one line and stays as it is', async () => {
    await untilTold();
    const segments = readdirSync(join(folder, 'state/wal'));
    const [name = ''] = segments;
    const path = join(folder, 'state/wal', name);
    const bytes = readFileSync(path);
    bytes.write('TTWAL002', 'latin1');
    writeFileSync(path, bytes);
    const { code, stderr } = await runCommand(['serve', '--config', 'telltale.yaml'], folder);
    expect({ code, lines: stderr.trim().split('\n') }).toEqual({
      code: 1,
      lines: [
        `Cannot use "${path}": a newer version wrote it (log format 2, known up to 1); ` +
          'start that version or set another collector.data_dir',
      ],
    });
    expect(readFileSync(path).equals(bytes)).toBe(true);
    expect(readdirSync(join(folder, 'state/wal')).sort()).toEqual(segments.sort());
  });
});
