import type { HttpConfig } from '../http/http-config.ts';
import type { TemplateTree } from '../template-tree.ts';

export interface WebhookConfig {
  /** A URL may itself be a secret, so it can stand in a file. */
  readonly target: { readonly url: string } | { readonly urlFile: string };
  readonly sendsResolved: boolean;
  /** Alerts in one message; 0 for all. */
  readonly alertsMax: number;
  readonly timeoutMs: number;
  /** A file with a bearer token. */
  readonly credentialsFile?: string;
  readonly http?: HttpConfig;
  /** In place of Alertmanager's message. */
  readonly payload?: TemplateTree;
}
