import type { Secret } from '../fields.ts';
import type { HttpConfig } from '../http/http-config.ts';

/** An entry of `slack_configs` by the names of the file; every text is a template. */
export interface SlackConfig {
  readonly send_resolved: boolean;
  readonly http_config: HttpConfig;
  readonly target: SlackTarget;
  readonly channel: string;
  readonly username: string;
  readonly color: string;
  readonly title: string;
  readonly title_link: string;
  readonly pretext: string;
  readonly text: string;
  readonly message_text: string;
  readonly footer: string;
  readonly fallback: string;
  readonly callback_id: string;
  readonly icon_emoji: string;
  readonly icon_url: string;
  readonly image_url: string;
  readonly thumb_url: string;
  readonly fields: readonly SlackField[];
  /** For fields that do not say it themselves. */
  readonly short_fields: boolean;
  readonly link_names: boolean;
  readonly mrkdwn_in: readonly string[];
  readonly actions: readonly SlackAction[];
  /** The group's message is changed in place of a new one; needs a token. */
  readonly update_message: boolean;
  /** In milliseconds; 0 for the usual one. */
  readonly timeout: number;
}

/** An incoming webhook, or the API with a token. */
export type SlackTarget =
  | { readonly kind: 'webhook'; readonly url: Secret }
  | { readonly kind: 'api'; readonly url: string; readonly token: Secret };

export interface SlackField {
  readonly title: string;
  readonly value: string;
  readonly short?: boolean | undefined;
}

export interface SlackAction {
  readonly type: string;
  readonly text: string;
  readonly url?: string | undefined;
  readonly style?: string | undefined;
  readonly name?: string | undefined;
  readonly value?: string | undefined;
  readonly confirm?: SlackConfirmation | undefined;
}

export interface SlackConfirmation {
  readonly text: string;
  readonly title?: string | undefined;
  readonly ok_text?: string | undefined;
  readonly dismiss_text?: string | undefined;
}
