import { createHash } from 'node:crypto';

import type { MailMessage } from '../../../model/mail-message.ts';
import type { MessageText } from '../../message/message-text.ts';
import { limitText, readableLine } from '../../message/readable-text.ts';
import type { Notification } from '../../stages/notification.ts';
import { UnsendableError } from '../channel.ts';
import { parseAddresses } from './addresses.ts';
import type { EmailConfig } from './config.ts';

/** A subject that clients show whole; other headers may be as long as a line may. */
const SUBJECT_MAX = 255;
const HEADER_MAX = 900;

/** The mail without how it travels. */
export type Mail = Pick<MailMessage, 'from' | 'to' | 'headers' | 'text' | 'html'>;

export interface MailSource {
  readonly config: EmailConfig;
  readonly notification: Notification;
  readonly message: MessageText;
  readonly nowMs: number;
}

/** @throws {UnsendableError} when the addresses cannot be used. */
export function mailOf(source: MailSource): Mail {
  const { config, message } = source;
  const from = line(message.text(config.from), HEADER_MAX);
  const to = line(message.text(config.to), Number.POSITIVE_INFINITY);
  const [sender, ...others] = parseAddresses(from);
  if (sender === undefined || others.length > 0) {
    throw new UnsendableError(
      `Cannot send from ${others.length + 1} addresses: expected exactly one`,
    );
  }
  const recipients = parseAddresses(to);
  if (recipients.length === 0)
    throw new UnsendableError('Cannot send mail without a recipient: expected an address');
  const text = config.text === '' ? undefined : message.text(config.text, 'alerts');
  const html = config.html === '' ? undefined : message.html(config.html, preformatted);
  return {
    from: sender,
    to: recipients,
    headers: headersOf(source, { from, to, host: sender.replace(/^.*@/u, '') }),
    ...(text === undefined ? {} : { text }),
    ...(html === undefined ? {} : { html }),
  };
}

/** What stands in place of the HTML when its template fails. */
function preformatted(plain: string): string {
  const escaped = plain.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return `<!DOCTYPE html>\n<html lang="en"><body><pre>${escaped}</pre></body></html>\n`;
}

function headersOf(
  { config, notification, message, nowMs }: MailSource,
  { from, to, host }: { readonly from: string; readonly to: string; readonly host: string },
): Readonly<Record<string, string>> {
  const own: Record<string, string> = {};
  for (const [name, template] of Object.entries(config.headers)) {
    const isSubject = name.toLowerCase() === 'subject';
    const text = message.text(template, isSubject ? 'subject' : 'nothing');
    own[isSubject ? 'Subject' : name] = line(text, isSubject ? SUBJECT_MAX : HEADER_MAX);
  }
  const usual: Record<string, string> = {
    From: from,
    To: to,
    Subject: line(message.text(DEFAULT_SUBJECT, 'subject'), SUBJECT_MAX),
    Date: new Date(nowMs).toUTCString().replace('GMT', '+0000'),
    // Equal for every attempt, so that a mail server or client drops the second of two.
    'Message-Id': `<${notification.idempotencyKey.slice(0, 32)}@${host}>`,
    ...threadHeaders(config, notification, nowMs),
  };
  const given = new Set(Object.keys(own).map((name) => name.toLowerCase()));
  const kept = Object.entries(usual).filter(([name]) => !given.has(name.toLowerCase()));
  return { ...Object.fromEntries(kept), ...own };
}

const DEFAULT_SUBJECT = '{{ template "email.default.subject" . }}';

/** A mail that was never sent stands at the root of each thread. */
function threadHeaders(
  { threading }: EmailConfig,
  { groupKey }: Notification,
  nowMs: number,
): Record<string, string> {
  if (threading === 'none') return {};
  const hash = createHash('sha256').update(groupKey, 'utf8').digest('hex').slice(0, 16);
  const day = threading === 'daily' ? new Date(nowMs).toISOString().slice(0, 10) : '';
  const root = `<alert-${hash}-${day}@telltale>`;
  return { References: root, 'In-Reply-To': root };
}

function line(text: string, lengthMax: number): string {
  return limitText(readableLine(text).trim(), lengthMax);
}
