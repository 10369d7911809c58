import { createTransport, type NodemailerError, type SMTPTransportOptions } from 'nodemailer';

import type { HttpResult } from '../../model/http-message.ts';
import type { MailAuth, MailMessage, MailResult, MailServer } from '../../model/mail-message.ts';
import { tlsConnectOptions } from './tls-connect-options.ts';

/** The largest answer of a mail server that is read. */
const ANSWER_BYTES_MAX = 16 * 1024;

/** Sends a mail over a connection of its own and waits for the server's answer. Never rejects. */
export async function sendMail(message: MailMessage): Promise<MailResult | HttpResult> {
  let transport: ReturnType<typeof createTransport> | undefined;
  let timer: NodeJS.Timeout | undefined;
  try {
    transport = createTransport(transportOptions(message.server, message.timeoutMs));
    const { from, to, headers, text, html } = message;
    const sending = transport.sendMail({
      envelope: { from, to: [...to] },
      ...addressHeaders(headers),
      ...(text === undefined ? {} : { text }),
      ...(html === undefined ? {} : { html }),
      textEncoding: 'quoted-printable',
    });
    // The library's timeouts begin again with each step; a server could keep us for hours.
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), message.timeoutMs);
    });
    const info = await Promise.race([sending, late]);
    if (info === 'late') {
      sending.catch(() => {});
      return { kind: 'no answer', reason: 'timeout', message: 'the mail server took too long' };
    }
    return accepted(info);
  } catch (error) {
    return failureOf(error as NodemailerError);
  } finally {
    clearTimeout(timer);
    transport?.close();
  }
}

function transportOptions(server: MailServer, timeoutMs: number): SMTPTransportOptions {
  const { host, port, hello, isTlsFromStart, requiresStartTls, tls, auth } = server;
  return {
    host,
    port,
    name: hello,
    secure: isTlsFromStart,
    requireTLS: !isTlsFromStart && requiresStartTls,
    // Without `require_tls` the connection stays plain, as in Alertmanager.
    ignoreTLS: !isTlsFromStart && !requiresStartTls,
    tls: tlsConnectOptions(tls),
    ...(auth === undefined ? {} : credentials(auth)),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    maxResponseSize: ANSWER_BYTES_MAX,
    // Loopback counts as an address family, or a server on this machine could not be reached.
    allowInternalNetworkInterfaces: true,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

function credentials({ username, password, secret }: MailAuth): Partial<SMTPTransportOptions> {
  if (password !== undefined) return { auth: { user: username, pass: password } };
  return { auth: { user: username, pass: secret ?? '' }, authMethod: 'CRAM-MD5' };
}

/** Headers that the library writes by itself are handed over by name, the others as they are. */
function addressHeaders(headers: Readonly<Record<string, string>>): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  const others: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const field = FIELDS[name.toLowerCase()];
    if (field === undefined) others[name] = value;
    else fields[field] = value;
  }
  return { ...fields, headers: others };
}

const FIELDS: Readonly<Record<string, string>> = {
  from: 'from',
  to: 'to',
  cc: 'cc',
  'reply-to': 'replyTo',
  subject: 'subject',
  date: 'date',
  'message-id': 'messageId',
  'in-reply-to': 'inReplyTo',
  references: 'references',
};

function accepted(info: {
  readonly response?: string;
  readonly rejected?: readonly unknown[];
}): MailResult {
  const { response = '', rejected = [] } = info;
  if (rejected.length === 0) return { kind: 'mail', state: 'accepted', message: response };
  const message = `${response}; the server refused ${rejected.length} of the recipients`;
  return { kind: 'mail', state: 'accepted', message };
}

const TIMEOUTS: ReadonlySet<string> = new Set(['ETIMEDOUT', 'ETIMEOUT']);

function failureOf(error: NodemailerError): MailResult | HttpResult {
  const { responseCode, code, message } = error;
  // A server without STARTTLS may get it, or be behind something that strips it for a while.
  const isTlsFault = code === 'ETLS';
  if (typeof responseCode === 'number' && !isTlsFault) {
    return { kind: 'mail', state: 'refused', code: responseCode, message };
  }
  const isTimeout = TIMEOUTS.has(String(code)) || /timeout/iu.test(message);
  const text = code === undefined ? message : `${code} ${message}`;
  return { kind: 'no answer', reason: isTimeout ? 'timeout' : 'network', message: text };
}
