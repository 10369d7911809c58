import type { MailAuth, MailServer } from '../../../model/mail-message.ts';
import { MessageText } from '../../message/message-text.ts';
import { templateLibrary } from '../../message/template-library.ts';
import { judgeHttpResult } from '../../stages/retry.ts';
import type { Channel, ChannelContext } from '../channel.ts';
import { readSecret } from '../fields.ts';
import { tlsOptions } from '../http/http-post.ts';
import type { ChannelSetup } from '../kind.ts';
import type { EmailAuth, EmailConfig } from './config.ts';
import { mailOf } from './payload.ts';

/** A mail goes through many hands: longer than a request. */
const TIMEOUT_MS = 30_000;

/**
 * Sends a mail with a part in HTML and one in plain text.
 *
 * @throws {TemplateError} when the HTML template prints a value where none can be made safe.
 */
export function createEmailChannel(config: EmailConfig, setup: ChannelSetup): Channel {
  const library = templateLibrary(setup.templates);
  library.checkHtml(config.html);
  return {
    type: 'email',
    sendsResolved: config.sendsResolved,
    destination: `email ${config.host}:${config.port}`,
    prepare: (notification, context) => {
      const { nowMs } = context;
      const message = new MessageText({ library, notification, nowMs });
      const mail = mailOf({ config, notification, message, nowMs });
      return {
        kind: 'mail',
        message: { server: serverOf(config, context), timeoutMs: TIMEOUT_MS, ...mail },
        problems: message.problems,
      };
    },
    judge: judgeHttpResult,
  };
}

function serverOf(config: EmailConfig, context: ChannelContext): MailServer {
  const { host, port, hello, isTlsFromStart, requiresTls, tls, auth } = config;
  return {
    host,
    port,
    hello,
    isTlsFromStart,
    requiresStartTls: requiresTls,
    tls: tls === undefined ? {} : tlsOptions(tls, context),
    ...(auth === undefined ? {} : { auth: authOf(auth, context) }),
  };
}

function authOf({ username, password, secret }: EmailAuth, context: ChannelContext): MailAuth {
  return {
    username,
    ...(password === undefined ? {} : { password: readSecret(password, context) }),
    ...(secret === undefined ? {} : { secret: readSecret(secret, context) }),
  };
}
