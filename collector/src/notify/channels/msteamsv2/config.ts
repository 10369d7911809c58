import type { Secret } from '../fields.ts';
import type { HttpConfig } from '../http/http-config.ts';

/** An entry of `msteamsv2_configs`; title and text are templates. */
export interface TeamsConfig {
  readonly send_resolved: boolean;
  readonly http_config: HttpConfig;
  readonly webhookUrl: Secret;
  readonly title: string;
  readonly text: string;
}
