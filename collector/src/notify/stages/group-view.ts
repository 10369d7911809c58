import { type AlertRecord, isAcknowledged, shownAlert } from './alerts/alert-record.ts';
import { type FlapOptions, isDampedFiring } from './alerts/flapping.ts';
import type { GroupView } from './dedup.ts';
import { isMuted, type Muting, muteReasons, routeMutedBy } from './muting/mute.ts';
import type { NotifiedAlert } from './notification.ts';
import type { AlertGroup } from './routing/alert-groups.ts';
import { compareAlerts } from './routing/alert-order.ts';

export interface ViewedGroup {
  readonly view: GroupView;
  /** In the order of a message. */
  readonly alerts: readonly NotifiedAlert[];
}

export interface Viewing {
  readonly muting: Muting;
  readonly flap: FlapOptions | undefined;
  readonly nowMs: number;
  record(fingerprint: string): AlertRecord | undefined;
}

/** What of a group is visible now. */
export function viewGroup(group: AlertGroup, viewing: Viewing): ViewedGroup {
  const { muting, flap, nowMs } = viewing;
  const mutedBy = routeMutedBy(group.route, muting.intervals, nowMs);
  const lists = {
    firing: [] as string[],
    muted: [] as string[],
    resolved: [] as string[],
    resolvedMuted: [] as string[],
  };
  const acknowledged = new Set<string>();
  const alerts: NotifiedAlert[] = [];
  for (const fingerprint of group.members) {
    const record = viewing.record(fingerprint);
    if (record === undefined) continue;
    const isFiring = isDampedFiring(record, flap, nowMs);
    alerts.push(isFiring ? record.alert : shownAlert(record, nowMs));
    const muted = isMuted(muteReasons(record.alert, muting, { mutedBy, nowMs }));
    if (isFiring) lists[muted ? 'muted' : 'firing'].push(fingerprint);
    else lists[muted ? 'resolvedMuted' : 'resolved'].push(fingerprint);
    if (isFiring && isAcknowledged(record, nowMs)) acknowledged.add(fingerprint);
  }
  alerts.sort(compareAlerts);
  return { alerts, view: { ...lists, acknowledged, mutedBefore: group.mutedBefore } };
}
