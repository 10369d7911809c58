import type { HttpMessage } from '../../model/http-message.ts';
import type { ChannelContext } from '../channels/channel.ts';
import type { HttpConfig } from '../channels/http/http-config.ts';
import { httpPost } from '../channels/http/http-post.ts';
import type { ForwardedAlert } from './forward-book.ts';

/** One Alertmanager that is told of every alert. */
export interface ForwardTarget {
  /** For messages: the URL without what may be secret. */
  readonly name: string;
  readonly url: string;
  readonly http: HttpConfig;
}

/** A request of Alertmanager's API v2. @throws when a secret cannot be read. */
export function forwardRequest(
  target: ForwardTarget,
  alerts: readonly ForwardedAlert[],
  { context, clientName }: { readonly context: ChannelContext; readonly clientName: string },
): HttpMessage {
  const url = `${target.url.replace(/\/+$/u, '')}/api/v2/alerts`;
  return httpPost({ url, body: JSON.stringify(alerts), clientName }, target.http, context);
}
