import type { OutputEscaper } from '../../../model/template/run/output-escaper.ts';
import { MessageText } from '../../message/message-text.ts';
import { templateLibrary } from '../../message/template-library.ts';
import type { Notification } from '../../stages/notification.ts';
import type { Channel, ChannelContext } from '../channel.ts';
import type { ChannelSetup } from '../kind.ts';
import type { HttpConfig } from './http-config.ts';
import { httpPost, type Post } from './http-post.ts';

/** What a channel hands to its message. */
export interface TextRequest {
  readonly notification: Notification;
  readonly message: MessageText;
  readonly context: ChannelContext;
}

/** What differs between channels that post one JSON body made of templates. */
export interface TextChannelParts extends Omit<Channel, 'prepare' | 'sendsResolved'> {
  readonly config: { readonly send_resolved: boolean; readonly http_config: HttpConfig };
  /** As in `MessageText`. */
  readonly createEscaper?: () => OutputEscaper;
  /** Throws as `Channel.prepare` does. The body is sent as JSON. */
  readonly post: (
    request: TextRequest,
  ) => Omit<Post, 'body' | 'clientName'> & { readonly body: object };
}

/** A channel whose message is one POST of JSON that templates fill. */
export function createTextChannel(parts: TextChannelParts, setup: ChannelSetup): Channel {
  const { config, createEscaper, post, ...rest } = parts;
  const library = templateLibrary(setup.templates);
  const escaping = createEscaper === undefined ? {} : { createEscaper };
  return {
    ...rest,
    sendsResolved: config.send_resolved,
    prepare: (notification, context) => {
      const { nowMs } = context;
      const message = new MessageText({ library, notification, nowMs, ...escaping });
      const { body, ...where } = post({ notification, message, context });
      const sent = { ...where, body: JSON.stringify(body), clientName: setup.clientName };
      return {
        kind: 'http',
        message: httpPost(sent, config.http_config, context),
        problems: message.problems,
      };
    },
  };
}
