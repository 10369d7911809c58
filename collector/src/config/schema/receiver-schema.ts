import * as v from 'valibot';

import type { ReceiverConfig } from './collector-config.ts';
import { duration, fileName, httpUrl } from './fields.ts';

const name = v.pipe(v.string('expected a name'), v.nonEmpty('expected a name'));
const sendResolved = v.optional(v.boolean('expected true or false'), true);

const logReceiver = v.strictObject({
  name,
  type: v.literal('log'),
  send_resolved: sendResolved,
});

const webhookReceiver = v.strictObject({
  name,
  type: v.literal('webhook'),
  url: v.optional(httpUrl),
  url_file: v.optional(fileName),
  credentials_file: v.optional(fileName),
  send_resolved: sendResolved,
  max_alerts: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0)), 0),
  timeout: v.optional(duration, '10s'),
});

/** One destination; more types join the list as channels are written. */
export const receiver: v.GenericSchema<unknown, ReceiverConfig> = v.pipe(
  v.variant('type', [logReceiver, webhookReceiver], 'expected type log or webhook'),
  v.check(
    (entry) =>
      entry.type !== 'webhook' || (entry.url === undefined) !== (entry.url_file === undefined),
    'expected either url or url_file',
  ),
);
