import * as v from 'valibot';

import {
  durationMs,
  flag,
  httpUrl,
  nonEmptyText,
  type Secret,
  secretOf,
  text,
} from '../../notify/channels/fields.ts';
import type { GlobalSettings } from '../../notify/channels/global-settings.ts';

/** Alertmanager's defaults, as it shows them. */
export const GLOBAL_DEFAULTS: Readonly<Record<string, string>> = {
  resolve_timeout: '5m',
  smtp_hello: 'localhost',
  smtp_require_tls: 'true',
  slack_app_url: 'https://slack.com/api/chat.postMessage',
  pagerduty_url: 'https://events.pagerduty.com/v2/enqueue',
  telegram_api_url: 'https://api.telegram.org',
};

const secret = v.optional(nonEmptyText);
const ignored = v.optional(text);

const entries = {
  resolve_timeout: v.optional(durationMs, '5m'),
  http_config: v.optional(v.unknown()),
  smtp_from: v.optional(text),
  smtp_hello: v.optional(text, 'localhost'),
  smtp_smarthost: v.optional(
    v.pipe(text, v.regex(/^.*:.+$/u, 'expected host:port, such as mail.example.com:587')),
  ),
  smtp_auth_username: v.optional(text),
  smtp_auth_password: secret,
  smtp_auth_password_file: secret,
  smtp_auth_secret: secret,
  smtp_auth_secret_file: secret,
  smtp_auth_identity: v.optional(text),
  smtp_require_tls: v.optional(flag, 'true'),
  smtp_tls_config: v.optional(v.unknown()),
  smtp_force_implicit_tls: v.optional(flag),
  slack_api_url: v.optional(httpUrl),
  slack_api_url_file: secret,
  slack_app_token: secret,
  slack_app_token_file: secret,
  slack_app_url: v.optional(httpUrl, GLOBAL_DEFAULTS['slack_app_url'] ?? ''),
  pagerduty_url: v.optional(httpUrl, GLOBAL_DEFAULTS['pagerduty_url'] ?? ''),
  telegram_api_url: v.optional(httpUrl, GLOBAL_DEFAULTS['telegram_api_url'] ?? ''),
  telegram_bot_token: secret,
  telegram_bot_token_file: secret,
  // For receivers of kinds that we do not have.
  jira_api_url: ignored,
  opsgenie_api_url: ignored,
  opsgenie_api_key: ignored,
  opsgenie_api_key_file: ignored,
  wechat_api_url: ignored,
  wechat_api_secret: ignored,
  wechat_api_secret_file: ignored,
  wechat_api_corp_id: ignored,
  victorops_api_url: ignored,
  victorops_api_key: ignored,
  victorops_api_key_file: ignored,
  webex_api_url: ignored,
  rocketchat_api_url: ignored,
  rocketchat_token: ignored,
  rocketchat_token_file: ignored,
  rocketchat_token_id: ignored,
  rocketchat_token_id_file: ignored,
  mattermost_webhook_url: ignored,
  mattermost_webhook_url_file: ignored,
} as const;

/** Keys whose values can stand here or in a file, but not in both. */
const EXCLUSIVE = [
  'smtp_auth_password',
  'smtp_auth_secret',
  'slack_api_url',
  'slack_app_token',
  'telegram_bot_token',
] as const;

export const globalSchema: v.GenericSchema<unknown, GlobalSettings> = v.pipe(
  v.strictObject(entries),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    for (const key of EXCLUSIVE) {
      if (dataset.value[key] === undefined || dataset.value[`${key}_file`] === undefined) continue;
      addIssue({ message: `expected either ${key} or ${key}_file` });
    }
  }),
  v.transform(
    (global): GlobalSettings => ({
      resolveTimeoutMs: global.resolve_timeout,
      httpConfig: global.http_config,
      smtp: {
        ...present('from', global.smtp_from),
        ...present('smarthost', global.smtp_smarthost),
        hello: global.smtp_hello,
        requireTls: global.smtp_require_tls,
        ...present('forceImplicitTls', global.smtp_force_implicit_tls),
        ...present('authUsername', global.smtp_auth_username),
        ...secretIn('authPassword', global.smtp_auth_password, global.smtp_auth_password_file),
        ...secretIn('authSecret', global.smtp_auth_secret, global.smtp_auth_secret_file),
        ...present('authIdentity', global.smtp_auth_identity),
        tlsConfig: global.smtp_tls_config,
      },
      ...secretIn('slackApiUrl', global.slack_api_url, global.slack_api_url_file),
      ...secretIn('slackAppToken', global.slack_app_token, global.slack_app_token_file),
      slackAppUrl: global.slack_app_url,
      pagerdutyUrl: global.pagerduty_url,
      telegramApiUrl: global.telegram_api_url,
      ...secretIn('telegramBotToken', global.telegram_bot_token, global.telegram_bot_token_file),
    }),
  ),
);

function present<Key extends string, Value>(
  key: Key,
  value: Value | undefined,
): { readonly [Name in Key]?: Value } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [Name in Key]: Value });
}

function secretIn<Key extends string>(
  key: Key,
  value: string | undefined,
  file: string | undefined,
): { readonly [Name in Key]?: Secret } {
  return present(key, secretOf(value, file));
}
