import type { Secret } from './fields.ts';

/**
 * The `global` section of `alertmanager.yml` with Alertmanager's defaults: what entries of receivers
 * take where they say nothing themselves. Durations in ms.
 */
export interface GlobalSettings {
  /** A posted alert without an end is over when it was not posted again for this long. */
  readonly resolveTimeoutMs: number;
  /** `http_config` as written; channels read it with their own reader of `http_config`. */
  readonly httpConfig: unknown;
  readonly smtp: {
    readonly from?: string;
    /** `host:port`. */
    readonly smarthost?: string;
    readonly hello: string;
    readonly requireTls: boolean;
    readonly forceImplicitTls?: boolean;
    readonly authUsername?: string;
    readonly authPassword?: Secret;
    readonly authSecret?: Secret;
    readonly authIdentity?: string;
    readonly tlsConfig: unknown;
  };
  readonly slackApiUrl?: Secret;
  readonly slackAppToken?: Secret;
  readonly slackAppUrl: string;
  readonly pagerdutyUrl: string;
  readonly telegramApiUrl: string;
  readonly telegramBotToken?: Secret;
}
