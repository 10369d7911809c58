import * as v from 'valibot';

import { durationMs, flag, httpUrl, nonEmptyText, type Secret, secretOf } from '../fields.ts';
import type { GlobalSettings } from '../global-settings.ts';
import { HTTP_SECRET_KEYS, httpConfig } from '../http/http-config.ts';
import { withHttpConfig } from '../http/http-entry.ts';
import { type ChannelKind, type Completed, channelKind } from '../kind.ts';
import { atMostOneOf } from '../secret-url.ts';
import { template, templates } from '../template-field.ts';
import { createSlackChannel } from './channel.ts';
import type { SlackConfig, SlackTarget } from './config.ts';

const field = v.strictObject({
  title: v.pipe(template, v.nonEmpty('expected a title')),
  value: v.pipe(template, v.nonEmpty('expected a value')),
  short: v.optional(flag),
});

const confirmation = v.strictObject({
  text: v.pipe(template, v.nonEmpty('expected a text')),
  title: v.optional(template),
  ok_text: v.optional(template),
  dismiss_text: v.optional(template),
});

const action = v.pipe(
  v.strictObject({
    type: template,
    text: v.pipe(template, v.nonEmpty('expected a text')),
    url: v.optional(template),
    style: v.optional(template),
    name: v.optional(template),
    value: v.optional(template),
    confirm: v.optional(confirmation),
  }),
  v.check(({ url, name }) => url !== undefined || name !== undefined, 'expected a name or a url'),
);

/** A text of the default templates. */
const called = (name: string): string => `{{ template "slack.default.${name}" . }}`;

const entry = v.pipe(
  v.strictObject({
    send_resolved: v.optional(flag, 'false'),
    http_config: v.optional(httpConfig),
    api_url: v.optional(httpUrl),
    api_url_file: v.optional(nonEmptyText),
    app_token: v.optional(nonEmptyText),
    app_token_file: v.optional(nonEmptyText),
    app_url: v.optional(httpUrl),
    channel: v.optional(template, ''),
    username: v.optional(template, called('username')),
    color: v.optional(template, called('color')),
    title: v.optional(template, called('title')),
    title_link: v.optional(template, called('titlelink')),
    pretext: v.optional(template, called('pretext')),
    text: v.optional(template, called('text')),
    message_text: v.optional(template, ''),
    fields: v.optional(v.array(field), []),
    short_fields: v.optional(flag, 'false'),
    footer: v.optional(template, called('footer')),
    fallback: v.optional(template, called('fallback')),
    callback_id: v.optional(template, called('callbackid')),
    icon_emoji: v.optional(template, called('iconemoji')),
    icon_url: v.optional(template, called('iconurl')),
    image_url: v.optional(template, ''),
    thumb_url: v.optional(template, ''),
    link_names: v.optional(flag, 'false'),
    mrkdwn_in: v.optional(templates, ['fallback', 'pretext', 'text']),
    actions: v.optional(v.array(action), []),
    update_message: v.optional(flag, 'false'),
    timeout: v.optional(durationMs, '0'),
  }),
  atMostOneOf('api_url', 'api_url_file'),
  atMostOneOf('app_token', 'app_token_file'),
);

type SlackEntry = v.InferOutput<typeof entry>;

function completeSlack(own: SlackEntry, global: GlobalSettings): Completed<SlackConfig> {
  const completed = withHttpConfig(own, global);
  if ('problems' in completed) return completed;
  const target = targetOf(own, global);
  if (target === undefined) {
    const message =
      'expected api_url, api_url_file, app_token or app_token_file, here or in global';
    return { problems: [{ path: [], message }] };
  }
  if (target.kind === 'api' && completed.config.http_config.authorization !== undefined) {
    const message = 'expected either app_token or an authorization in http_config';
    return { problems: [{ path: ['http_config'], message }] };
  }
  return { config: { ...completed.config, target } };
}

/** What stands in the entry wins over what stands in `global`. */
function targetOf(own: SlackEntry, global: GlobalSettings): SlackTarget | undefined {
  const ownUrl = secretOf(own.api_url, own.api_url_file);
  const ownToken = secretOf(own.app_token, own.app_token_file);
  const api = (token: Secret): SlackTarget => {
    return { kind: 'api', url: own.app_url ?? global.slackAppUrl, token };
  };
  if (ownToken !== undefined) return api(ownToken);
  if (ownUrl !== undefined) return { kind: 'webhook', url: ownUrl };
  if (global.slackAppToken !== undefined) return api(global.slackAppToken);
  return global.slackApiUrl && { kind: 'webhook', url: global.slackApiUrl };
}

/** `slack_configs`. */
export const slackKind: ChannelKind = channelKind({
  type: 'slack',
  key: 'slack_configs',
  secretKeys: ['api_url', 'app_token', ...HTTP_SECRET_KEYS],
  schema: entry,
  complete: completeSlack,
  create: createSlackChannel,
});
