import type { Receiver } from '../../notify/channels/channel.ts';
import type { FlapOptions } from '../../notify/stages/alerts/flapping.ts';
import type { EscalationPolicy } from '../../notify/stages/escalation/policy.ts';
import type { InhibitRule } from '../../notify/stages/muting/inhibit.ts';
import type { TimeInterval } from '../../notify/stages/muting/time-interval.ts';
import type { NotifiedAlert } from '../../notify/stages/notification.ts';
import type { Route } from '../../notify/stages/routing/route.ts';

/** The notifier's part of a configuration. */
export interface NotifierOptions {
  readonly root: Route;
  readonly receivers: readonly Receiver[];
  readonly inhibitRules: readonly InhibitRule[];
  readonly intervals: ReadonlyMap<string, TimeInterval>;
  readonly resolveTimeoutMs: number;
  readonly externalUrl: string;
  readonly resendAfterMute: 'never_shown' | 'always';
  readonly flap: FlapOptions | undefined;
  readonly policies: readonly EscalationPolicy[];
  /** Gets what another receiver refused for good. */
  readonly fallbackReceiver: string | undefined;
  /** How long ended silences are kept. */
  readonly silenceRetentionMs: number;
  /** Posted alerts of one name that may fire at once; infinity is no limit. */
  readonly perAlertnameMax: number;
  /** 0 is INFO, 3 is CRITICAL. */
  rankOf(labels: Readonly<Record<string, string>>): number;
  /** Adds what a message says beyond labels: links, the trace, what drifted. */
  describe(alert: NotifiedAlert): NotifiedAlert;
}
