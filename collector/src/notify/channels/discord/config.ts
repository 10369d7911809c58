import type { Secret } from '../fields.ts';
import type { HttpConfig } from '../http/http-config.ts';

/** An entry of `discord_configs`; the texts are templates, but for `username` and `avatar_url`. */
export interface DiscordConfig {
  readonly send_resolved: boolean;
  readonly http_config: HttpConfig;
  readonly webhookUrl: Secret;
  readonly content: string;
  readonly title: string;
  readonly message: string;
  readonly username: string;
  readonly avatar_url: string;
}
