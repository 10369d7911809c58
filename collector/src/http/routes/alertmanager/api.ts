import type { AlertStatus, GroupStatus } from '../../../exchange/alert-status.ts';
import type { PostedAlert, PostedFields } from '../../../notify/stages/alerts/posted-alert.ts';
import type { Silence, SilenceRequest } from '../../../notify/stages/muting/silence.ts';

/** The outcome of an act of a person. */
export type ActionAnswer<Value> =
  | { readonly kind: 'done'; readonly value: Value }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'conflict'; readonly message: string }
  | { readonly kind: 'invalid'; readonly message: string };

export interface SilenceApi {
  silences(): readonly Silence[];
  /** With `isConfirmed: false` one that would mute everything is refused. */
  silence(
    request: SilenceRequest,
    options?: { endsWhenResolved?: boolean; isConfirmed?: boolean },
  ): ActionAnswer<Silence>;
  expireSilence(id: string, person: { by: string; comment: string }): ActionAnswer<Silence>;
}

/** What the routes of Alertmanager's API ask of the running service. */
export interface AlertmanagerApi extends SilenceApi {
  readonly version: string;
  readonly startedMs: number;
  nowMs(): number;
  /** The configuration in force, without secrets. */
  shownConfig(): string;
  receiverNames(): readonly string[];
  alerts(): readonly AlertStatus[];
  groups(): readonly GroupStatus[];
  /** How long an alert without an end fires when it is not posted again. */
  resolveTimeoutMs(): number;
  /** Fills in what a sender left out. */
  complete(fields: PostedFields): PostedAlert;
  /** Returns how many new alerts there is no room for. */
  post(alerts: readonly PostedAlert[]): number;
}
