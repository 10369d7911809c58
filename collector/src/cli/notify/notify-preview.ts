import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Delivery } from '../../notify/channels/channel.ts';
import type { Notification } from '../../notify/stages/notification.ts';
import { makeFolder } from '../../runtime/durable/make-folder.ts';
import type { CommandIo } from '../command-io.ts';
import type { OpenReceiver } from './notify-receiver.ts';

const EXIT_FAILED = 1;

interface PreviewFile {
  readonly name: string;
  readonly text: string;
}

/** Keys of payloads that hold a secret. */
const SECRET_KEYS: ReadonlySet<string> = new Set(['routing_key']);

/**
 * Writes what each channel of the receiver would send, firing and, where it is told of it,
 * resolved. URLs, passwords and tokens are not written.
 */
export function previewNotification(
  { receiver, context }: OpenReceiver,
  notification: Notification,
  { io, folder }: { readonly io: CommandIo; readonly folder: string },
): number {
  try {
    makeFolder(folder);
  } catch (error) {
    io.stderr(
      `Cannot make the folder ${folder}: ${(error as Error).message}; name another with --out\n`,
    );
    return EXIT_FAILED;
  }
  let failures = 0;
  for (const { name, channel } of receiver.integrations) {
    const states = channel.sendsResolved ? ['firing', 'resolved'] : ['firing'];
    for (const state of states) {
      const about = state === 'firing' ? notification : resolved(notification, context.nowMs);
      try {
        const delivery = channel.prepare({ ...about, integration: name }, context);
        for (const problem of delivery.problems ?? []) {
          io.stderr(`${name}: a template failed, the built-in text stands in: ${problem}\n`);
          failures += 1;
        }
        for (const file of filesOf(delivery)) {
          const path = join(folder, `${name.replace(/\[(\d+)\]/u, '-$1')}.${state}.${file.name}`);
          writeFileSync(path, file.text);
          io.stdout(`${path}\n`);
        }
      } catch (error) {
        io.stderr(`${name}: ${(error as Error).message}\n`);
        failures += 1;
      }
    }
  }
  return failures === 0 ? 0 : EXIT_FAILED;
}

function resolved(notification: Notification, nowMs: number): Notification {
  const alerts = notification.alerts.map((alert) => ({ ...alert, endsAtMs: nowMs }));
  return { ...notification, alerts };
}

function filesOf(delivery: Delivery): readonly PreviewFile[] {
  switch (delivery.kind) {
    case 'http':
      return [{ name: 'json', text: readable(delivery.message.body) }];
    case 'log':
      return [{ name: 'json', text: `${JSON.stringify(delivery.fields, null, 2)}\n` }];
    case 'mail': {
      const { headers, text, html } = delivery.message;
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\n`);
      return [
        { name: 'headers', text: lines.join('') },
        ...(text === undefined ? [] : [{ name: 'txt', text }]),
        ...(html === undefined ? [] : [{ name: 'html', text: html }]),
      ];
    }
  }
}

function readable(body: string): string {
  const hide = (key: string, value: unknown): unknown =>
    SECRET_KEYS.has(key) ? '<secret>' : value;
  return `${JSON.stringify(JSON.parse(body), hide, 2)}\n`;
}
