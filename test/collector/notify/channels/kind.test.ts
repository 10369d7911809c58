import { expect, test } from 'vitest';

import type { GlobalSettings } from '../../../../collector/src/notify/channels/global-settings.ts';
import type { ReadEntry } from '../../../../collector/src/notify/channels/kind.ts';
import { webhookKind } from '../../../../collector/src/notify/channels/webhook/kind.ts';

const GLOBAL: GlobalSettings = {
  resolveTimeoutMs: 300_000,
  httpConfig: undefined,
  smtp: { hello: 'localhost', requireTls: true, tlsConfig: undefined },
  slackAppUrl: 'https://slack.com/api/chat.postMessage',
  pagerdutyUrl: 'https://events.pagerduty.com/v2/enqueue',
  telegramApiUrl: 'https://api.telegram.org',
};

function read(entry: unknown): ReadEntry {
  return webhookKind.read(entry, GLOBAL);
}

test('an entry becomes a channel', () => {
  const entry = read({ url: 'http://hook/', send_resolved: 'no', max_alerts: '3' });
  expect(entry.kind).toBe('good');
  if (entry.kind !== 'good') return;
  const channel = entry.create({ clientName: 'T/1', externalUrl: 'http://t', templates: [] });
  expect({ type: channel.type, sendsResolved: channel.sendsResolved }).toEqual({
    type: 'webhook',
    sendsResolved: false,
  });
});

test.each([
  [{ url: 'http://hook/', uri: 'x' }, [{ path: ['uri'], message: 'Unknown key "uri"' }]],
  [
    { url: 'ftp://hook/' },
    [{ path: ['url'], message: 'Cannot use this value: expected an http or https URL' }],
  ],
  [{}, [{ path: [], message: 'Cannot use this value: expected either url or url_file' }]],
  [
    { url: 'http://hook/', max_alerts: '1.5' },
    [
      {
        path: ['max_alerts'],
        message: 'Cannot use this value: expected a whole number: current value is "1.5"',
      },
    ],
  ],
])('%o is refused', (entry, problems) => {
  expect(read(entry)).toEqual({ kind: 'bad', problems });
});
