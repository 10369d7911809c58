import type { ShownChange } from '../../exchange/shown-change.ts';
import { fingerprint } from '../../notify/stages/fingerprint.ts';
import type { AlertChange } from '../../rules/alert/alert-rule.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { ServiceParts } from './parts/service-parts.ts';
import type { ServiceSignals } from './service-signals.ts';

interface Surroundings {
  readonly clock: Clock;
  readonly log: Log;
}

/** Who does what when something happens: the one place where parts of the service meet. */
export function connectParts(
  signals: ServiceSignals,
  parts: ServiceParts,
  { clock, log }: Surroundings,
): void {
  const { plane, fleet, runner, notifier, scheduler, delivery, requestLog, faults, lateGroups } =
    parts;
  const wakeRules = (): void => scheduler.notifyArrival(plane.store.retention.takeTouchedGroups());

  signals.stored.listen((nowMs) => {
    runner.noteData(nowMs, requestLog.coveredSince(nowMs));
    wakeRules();
  });
  signals.batch.listen(({ batch, nowMs }) => fleet.take(batch, nowMs));
  signals.fleetStored.listen(wakeRules);
  signals.recorded.listen((samples) => requestLog.keepRuleOutput(samples));
  signals.committed.listen(() => delivery.wake());
  signals.shown.listen((change) => parts.events.tell(change));
  signals.transitions.listen((changes) => {
    if (parts.events.hasListeners) parts.events.tell(changedAlerts(changes));
  });
  signals.queued.listen((row) => delivery.enqueue(row));
  signals.receiverHealth.listen(({ receiver, isFailing, error }) => {
    if (isFailing)
      runner.raise('TelltaleReceiverFails', receiver, `Receiver ${receiver}: ${error}`);
    else runner.clear('TelltaleReceiverFails', receiver);
  });
  signals.flood.listen(({ alertname, isOver }) => {
    const summary = `More alerts "${alertname}" are posted than there is room for: the rest is refused`;
    if (isOver) runner.clear('TelltaleAlertFlood', alertname);
    else runner.raise('TelltaleAlertFlood', alertname, summary);
  });
  signals.clockSet.listen((jumpMs) => {
    log.warn({ jumpMs }, 'The wall clock was set; alerts are held until data comes');
    runner.followClock(jumpMs);
    notifier.shiftClock(jumpMs);
    delivery.shiftClock(jumpMs);
  });
  signals.fault.listen((report) => faults.report(report));
  signals.missed.listen(({ groupKey, ...misses }) => {
    lateGroups.note(groupKey, misses, clock.nowMs());
  });
}

/** So many fingerprints are worth their computation; beyond that a page reads all alerts again. */
const CHANGED_MAX = 100;

function changedAlerts(changes: readonly AlertChange[]): ShownChange {
  if (changes.length > CHANGED_MAX) return { what: 'alerts' };
  const ids = changes.map(({ alert }) => fingerprint(alert.labels.toRecord()));
  return { what: 'alerts', ids };
}
