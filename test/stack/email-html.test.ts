import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { sendMail } from '../../collector/src/http/client/send-mail.ts';
import type { Delivery } from '../../collector/src/notify/channels/channel.ts';
import { freePort } from '../support/collector/service-process.ts';
import {
  CONTEXT,
  channelOf,
  DRIFT_ALERTS,
  NOW_MS,
  notificationOf,
} from '../support/notify/channel-of.ts';

const SCRIPT = join(import.meta.dirname, '../../tools/mailpit.sh');
const MAILPIT = execFileSync('sh', [SCRIPT, '--path'], { encoding: 'utf8' }).trim();
const isBuilt = existsSync(MAILPIT);
if (!isBuilt) {
  process.stderr.write('SKIPPED: support of the HTML e-mail: run "sh tools/mailpit.sh"\n');
}

interface HtmlCheck {
  readonly Total: {
    readonly Tests: number;
    readonly Supported: number;
    readonly Unsupported: number;
  };
}

describe.skipIf(!isBuilt)('the HTML of an e-mail, judged by Mailpit', { timeout: 30_000 }, () => {
  let mailpit: ChildProcess;
  let smtpPort: number;
  let url: string;

  beforeAll(async () => {
    smtpPort = await freePort();
    const uiPort = await freePort();
    url = `http://127.0.0.1:${uiPort}`;
    mailpit = spawn(MAILPIT, ['--disable-version-check'], {
      env: {
        ...process.env,
        MP_SMTP_BIND_ADDR: `127.0.0.1:${smtpPort}`,
        MP_UI_BIND_ADDR: `127.0.0.1:${uiPort}`,
      },
      stdio: 'ignore',
    });
    await until(async () => (await fetch(`${url}/readyz`)).ok);
  });

  afterAll(() => {
    mailpit.kill();
  });

  test('at least 85 % of client features are supported, at most 3 % are not', async () => {
    const sent = await deliver(mailDelivery(smtpPort));
    expect(sent).toMatchObject({ kind: 'mail', state: 'accepted' });
    const { messages } = await ask<{ messages: { ID: string }[] }>(`${url}/api/v1/messages`);
    const id = messages[0]?.ID ?? '';
    const { Total } = await ask<HtmlCheck>(`${url}/api/v1/message/${id}/html-check`);
    expect(Total.Tests).toBeGreaterThan(150);
    expect(Total.Supported).toBeGreaterThanOrEqual(85);
    expect(Total.Unsupported).toBeLessThanOrEqual(3);
  });
});

/** A mail with everything that one can have: firing, resolved, drift, links, escalation. */
function mailDelivery(port: number): Delivery {
  const entry = {
    to: 'a@b.example',
    from: 'd@e.example',
    smarthost: `127.0.0.1:${port}`,
    require_tls: 'false',
  };
  const alerts = DRIFT_ALERTS.map((alert, index) => ({
    ...alert,
    links: { page: 'http://t/a', runbook: 'http://t/r', trace: 'http://t/t' },
    drift: { feature: 'age', score: 0.31, detector: 'psi', sinceMs: NOW_MS },
    ...(index === 0 ? {} : { endsAtMs: NOW_MS }),
  }));
  const escalation = { policy: 'oncall', step: 2 };
  return channelOf('email', entry).prepare(notificationOf({ alerts, escalation }), CONTEXT);
}

function deliver(delivery: Delivery): Promise<unknown> {
  if (delivery.kind !== 'mail') throw new Error(`Not a mail: ${delivery.kind}`);
  return sendMail(delivery.message);
}

async function ask<T>(url: string): Promise<T> {
  return (await (await fetch(url)).json()) as T;
}

/** Asks again while the program starts. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + 20_000;
  while (!(await isSo().catch(() => false))) {
    if (performance.now() > endMs) throw new Error('Mailpit did not start');
    await sleep(50);
  }
}
