import { discordKind } from './discord/kind.ts';
import { emailKind } from './email/kind.ts';
import type { ChannelKind } from './kind.ts';
import { teamsKind } from './msteamsv2/kind.ts';
import { pagerdutyKind } from './pagerduty/kind.ts';
import { slackKind } from './slack/kind.ts';
import { telegramKind } from './telegram/kind.ts';
import { webhookKind } from './webhook/kind.ts';

/** Every kind of destination that a receiver of `alertmanager.yml` may have. */
export const CHANNEL_KINDS: readonly ChannelKind[] = [
  discordKind,
  emailKind,
  teamsKind,
  pagerdutyKind,
  slackKind,
  telegramKind,
  webhookKind,
];
