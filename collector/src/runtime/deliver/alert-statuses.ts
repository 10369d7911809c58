import type { AlertStatus, EscalationStatus, GroupStatus } from '../../exchange/alert-status.ts';
import {
  type AlertRecord,
  isAcknowledged,
  isLatched,
  isRecordFiring,
} from '../../notify/stages/alerts/alert-record.ts';
import { isFlapping } from '../../notify/stages/alerts/flapping.ts';
import type { Escalation } from '../../notify/stages/escalation/escalation.ts';
import { muteReasons, routeMutedBy } from '../../notify/stages/muting/mute.ts';
import { compareAlerts, compareLabels } from '../../notify/stages/routing/alert-order.ts';
import {
  groupKey,
  groupLabels,
  matchRoutes,
  type Route,
} from '../../notify/stages/routing/route.ts';
import type { Clock } from '../clock.ts';
import type { AlertNotifier } from './alert-notifier.ts';

const RANK_NAMES = ['INFO', 'WARNING', 'ERROR', 'CRITICAL'];

/** What the APIs tell of alerts and groups. */
export class AlertStatuses {
  readonly #notifier: AlertNotifier;
  readonly #clock: Clock;

  constructor(notifier: AlertNotifier, clock: Clock) {
    this.#notifier = notifier;
    this.#clock = clock;
  }

  /** Every alert, by fingerprint. */
  list(): readonly AlertStatus[] {
    return [...this.#notifier.state.alerts.values()]
      .map((record) => this.#status(record))
      .sort((left, right) =>
        left.record.alert.fingerprint < right.record.alert.fingerprint ? -1 : 1,
      );
  }

  get(fingerprint: string): AlertStatus | undefined {
    const record = this.#notifier.state.alerts.get(fingerprint);
    return record === undefined ? undefined : this.#status(record);
  }

  /** Groups by their labels, then by receiver; alerts in the order of a message. */
  groups(): readonly GroupStatus[] {
    const { alerts, groups } = this.#notifier.state;
    const found = [...groups.values()].flatMap(({ key, labels, members, route }): GroupStatus[] => {
      const statuses = [...members]
        .flatMap((fingerprint) => alerts.get(fingerprint) ?? [])
        .map((record) => this.#status(record))
        .sort((left, right) => compareAlerts(left.record.alert, right.record.alert));
      return route.receivers.map((receiver) => ({ key, labels, receiver, alerts: statuses }));
    });
    return found.sort(
      (left, right) =>
        compareLabels(left.labels, right.labels) || (left.receiver < right.receiver ? -1 : 1),
    );
  }

  escalations(): readonly EscalationStatus[] {
    return [...this.#notifier.state.escalations()].map((each) => this.#escalation(each));
  }

  #status(record: AlertRecord): AlertStatus {
    const nowMs = this.#clock.nowMs();
    const { state, options } = this.#notifier;
    const { labels } = record.alert;
    const routes = matchRoutes(state.groups.root, labels);
    const { inhibitor, silences } = state;
    const muting = { inhibitor, silences, intervals: options.intervals };
    const mutedBy = unique(
      routes.flatMap((route) => routeMutedBy(route, options.intervals, nowMs)),
    );
    const escalation = routes
      .map((route) => state.escalation(groupKey(route.id, groupLabels(labels, route.groupBy))))
      .find((each) => each !== undefined);
    return {
      record,
      described: options.describe(record.alert),
      isFiring: isRecordFiring(record, nowMs),
      isLatched: isRecordFiring(record, nowMs) && isLatched(record, nowMs),
      isAcknowledged: isAcknowledged(record, nowMs),
      isFlapping: options.flap !== undefined && isFlapping(record, options.flap, nowMs),
      severity: RANK_NAMES[options.rankOf(labels)] ?? 'WARNING',
      receivers: unique(routes.flatMap(({ receivers }) => receivers)),
      groupKeys: routes.map((route) => keyIn(route, labels)),
      escalation: escalation && this.#escalation(escalation),
      ...muteReasons(record.alert, muting, { mutedBy, nowMs }),
    };
  }

  #escalation({
    groupId,
    policy,
    step,
    round,
    dueMs,
    isDone,
    reached,
  }: Escalation): EscalationStatus {
    return {
      groupKey: this.#notifier.state.groups.get(groupId)?.key ?? groupId,
      policy,
      step: step + 1,
      round,
      dueMs,
      isDone: isDone ?? false,
      reached,
    };
  }
}

function keyIn(route: Route, labels: Readonly<Record<string, string>>): string {
  return groupKey(route.key, groupLabels(labels, route.groupBy));
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}
