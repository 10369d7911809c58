import type { ChannelKind } from './kind.ts';
import { webhookKind } from './webhook/kind.ts';

/** Every kind of destination that a receiver of `alertmanager.yml` may have. */
export const CHANNEL_KINDS: readonly ChannelKind[] = [webhookKind];
