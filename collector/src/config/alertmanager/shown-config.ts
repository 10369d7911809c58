import { type Document, isMap, isScalar, visit } from 'yaml';

import { CHANNEL_KINDS } from '../../notify/channels/kinds.ts';
import { GLOBAL_DEFAULTS } from './global-schema.ts';

/** What stands in place of every secret, as Alertmanager writes it. */
const MASK = '<secret>';

/** Keys that hold a secret wherever they stand. */
const SECRET_KEYS: ReadonlySet<string> = new Set([
  'smtp_auth_password',
  'smtp_auth_secret',
  'slack_api_url',
  'slack_app_token',
  'opsgenie_api_key',
  'victorops_api_key',
  'wechat_api_secret',
  'telegram_bot_token',
  'rocketchat_token',
  'rocketchat_token_id',
  'password',
  'credentials',
  'bearer_token',
  'client_secret',
  'auth_password',
  'auth_secret',
  'app_token',
  'bot_token',
  'api_key',
  'api_secret',
  'routing_key',
  'service_key',
  'webhook_url',
  'user_key',
  'access_key',
  'secret_key',
  'secret',
  'token',
  'token_id',
  'alert_source_token',
]);

/**
 * The configuration as `config show` prints it: without comments, with the defaults of `global`, and
 * with `<secret>` in place of every secret. Changes the document.
 */
export function shownConfig(document: Document): string {
  visit(document, {
    Node: (_, node) => {
      node.comment = null;
      node.commentBefore = null;
      node.spaceBefore = false;
    },
    Pair: (_, { key, value }, path) => {
      if (!isScalar(key) || !isScalar(value) || value.value === null) return;
      if (isSecret(String(key.value), path)) value.value = MASK;
    },
  });
  document.comment = null;
  document.commentBefore = null;
  addDefaults(document);
  return document.toString({ lineWidth: 0 });
}

function isSecret(key: string, path: readonly unknown[]): boolean {
  if (SECRET_KEYS.has(key)) return true;
  const lists = path.flatMap((node) => keyOf(node) ?? []);
  const kind = CHANNEL_KINDS.find((each) => lists.includes(each.key));
  return kind?.secretKeys.includes(key) ?? false;
}

/** The key of a pair among the ancestors of a node. */
function keyOf(node: unknown): string | undefined {
  const { key } = node as { readonly key?: unknown };
  return isScalar(key) ? String(key.value) : undefined;
}

function addDefaults(document: Document): void {
  if (!isMap(document.contents)) return;
  const global = document.get('global');
  if (!isMap(global)) document.set('global', document.createNode({}));
  for (const [key, value] of Object.entries(GLOBAL_DEFAULTS)) {
    if (document.hasIn(['global', key])) continue;
    document.setIn(['global', key], value === 'true' ? true : value);
  }
}
