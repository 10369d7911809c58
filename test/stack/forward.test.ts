import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { sendHttp } from '../../collector/src/http/client/node-client.ts';
import { DEFAULT_HTTP_CONFIG } from '../../collector/src/notify/channels/http/http-config.ts';
import { fingerprint } from '../../collector/src/notify/stages/fingerprint.ts';
import type { NotifiedAlert } from '../../collector/src/notify/stages/notification.ts';
import { systemClock } from '../../collector/src/runtime/clock.ts';
import { AlertForwarder } from '../../collector/src/runtime/deliver/alert-forwarder.ts';
import { createLog } from '../../collector/src/runtime/log.ts';
import { freePort } from '../support/collector/service-process.ts';
import { DEFAULT_BACKOFF } from '../support/notify/backoff.ts';
import { referenceBinaryOrWarn } from '../support/reference-binaries.ts';

const ALERTMANAGER = referenceBinaryOrWarn('alertmanager', 'forwarding to a real Alertmanager');

interface TheirAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly fingerprint: string;
  readonly startsAt: string;
}

describe.skipIf(ALERTMANAGER === undefined)('a real Alertmanager', { timeout: 30_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'telltale-forward-'));
  let child: ChildProcess;
  let url: string;

  beforeAll(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const config = join(folder, 'alertmanager.yml');
    writeFileSync(config, 'route: {receiver: none}\nreceivers: [{name: none}]\n');
    child = spawn(
      ALERTMANAGER ?? '',
      [
        `--config.file=${config}`,
        `--storage.path=${folder}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--cluster.listen-address=',
      ],
      { stdio: 'ignore' },
    );
    await until(async () => (await fetch(`${url}/-/ready`)).ok);
  });

  afterAll(() => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  test('takes firing alerts under our fingerprint, and lets them go when they resolve', async () => {
    const labels = { alertname: 'ModelDrift', model: 'é "quoted"' };
    const startsAtMs = Date.now() - 5_000;
    const alert: NotifiedAlert = {
      fingerprint: fingerprint(labels),
      labels,
      annotations: { summary: 'moved' },
      startsAtMs,
      generatorUrl: 'http://t/graph',
    };
    const forwarder = new AlertForwarder({
      targets: [{ name: url, url, http: DEFAULT_HTTP_CONFIG }],
      clientName: 'Telltale/test',
      clock: systemClock,
      log: createLog('silent'),
      send: sendHttp,
      readSecret: () => '',
      readFile: () => '',
      random: () => 0.5,
      backoff: DEFAULT_BACKOFF,
    });
    const theirs = async (): Promise<readonly TheirAlert[]> =>
      (await (await fetch(`${url}/api/v2/alerts`)).json()) as TheirAlert[];
    forwarder.take({ alerts: [alert], nowMs: Date.now() });
    await until(async () => (await theirs()).length === 1);
    expect(await theirs()).toMatchObject([
      {
        labels,
        annotations: { summary: 'moved' },
        fingerprint: alert.fingerprint,
        startsAt: new Date(startsAtMs).toISOString(),
      },
    ]);
    forwarder.take({ alerts: [{ ...alert, endsAtMs: Date.now() }], nowMs: Date.now() });
    await until(async () => (await theirs()).length === 0);
    await forwarder.stop(1_000);
  });
});

/** Asks again until it is so. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + 20_000;
  while (!(await isSo().catch(() => false))) {
    if (performance.now() > endMs) throw new Error('It did not come to be so in 20 seconds');
    await sleep(50);
  }
}
