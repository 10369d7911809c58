import { severityOf } from '../model/severity.ts';

import type { AlertmanagerApi } from '../http/routes/alertmanager/api.ts';
import type { MonitoringApi } from '../http/routes/monitoring/api.ts';
import { postedAlert } from '../notify/stages/alerts/posted-alert.ts';
import type { ServiceCore } from '../runtime/service/service-core.ts';

interface NotifierApiInputs {
  readonly core: ServiceCore;
  readonly version: string;
  readonly startedMs: number;
  readonly nowMs: () => number;
}

/** Alertmanager's API on top of the notifier. */
export function createAlertmanagerApi(inputs: NotifierApiInputs): AlertmanagerApi {
  const { core, version, startedMs, nowMs } = inputs;
  const { notifier, statuses } = core.parts;
  return {
    version,
    startedMs,
    nowMs,
    shownConfig: () => core.notifySet.alertmanager?.shown ?? IMPLICIT_CONFIG,
    receiverNames: () => notifier.options.receivers.map(({ name }) => name),
    alerts: () => statuses.list(),
    groups: () => statuses.groups(),
    resolveTimeoutMs: () => notifier.options.resolveTimeoutMs,
    complete: (fields) => {
      const { resolveTimeoutMs } = notifier.options;
      return postedAlert(fields, { nowMs: nowMs(), resolveTimeoutMs });
    },
    post: (alerts) => notifier.post(alerts),
    ...silenceApi(inputs),
  };
}

/** What `config show` prints where no file says more: valid for Alertmanager's own client. */
const IMPLICIT_CONFIG = `route:
  receiver: all
receivers:
  - name: all
`;

/** The routes below `/monitoring` on top of rules, notifier and history. */
export function createMonitoringApi(inputs: NotifierApiInputs): MonitoringApi {
  const { core, nowMs } = inputs;
  const { runner, history, actions, statuses, delivery, events, notifier, trials, plane } =
    core.parts;
  return {
    nowMs,
    groups: () => runner.groups,
    severityOf: (labels) => severityOf(labels, core.config.severity),
    history: (filter) => history.list(filter),
    alert: (id) => statuses.get(id),
    alerts: () => statuses.list(),
    statistics: (windowMs) => ({
      ...core.statistics(windowMs),
      evaluations: runner.counters.evaluations,
      ruleErrors: runner.counters.ruleErrors,
      missedEvaluations: core.figures().missedEvaluations,
    }),
    receivers: () => delivery.statuses(notifier.options.receivers),
    tryReceiver: (name, by) => {
      const receiver = notifier.options.receivers.find((each) => each.name === name);
      return receiver && trials.try(receiver, by);
    },
    seriesCount: (matchers) => plane.store.all(matchers).length,
    escalations: () => statuses.escalations(),
    previewSilence: (matchers) =>
      actions.preview(matchers).flatMap(({ alert }) => statuses.get(alert.fingerprint) ?? []),
    acknowledge: (id, person, expiresMs) => actions.acknowledge(id, person, expiresMs),
    unacknowledge: (id, person) => actions.unacknowledge(id, person),
    resolve: (id, person, untilMs) => actions.resolve(id, person, untilMs),
    escalate: (id, person) => actions.escalate(id, person),
    subscribe: (listener) => events.subscribe(listener),
    ...silenceApi(inputs),
  };
}

function silenceApi({
  core,
  nowMs,
}: NotifierApiInputs): Pick<AlertmanagerApi, 'silences' | 'silence' | 'expireSilence'> {
  const { actions, notifier } = core.parts;
  return {
    silences: () => notifier.state.silences.list(nowMs()),
    silence: (request, options) => actions.silence(request, options),
    expireSilence: (id, person) => actions.expireSilence(id, person),
  };
}
