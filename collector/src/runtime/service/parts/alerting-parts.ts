import type { CollectorConfig } from '../../../config/schema/collector-config.ts';
import { readConfigFile, readSecretFile } from '../../../config/secrets.ts';
import { DEFAULT_FORWARD_TIMES } from '../../../notify/forward/forward-book.ts';
import type { Notifier } from '../../../notify/notifier.ts';
import type { BackoffOptions } from '../../../notify/stages/retry.ts';
import type { ClockWatch } from '../../clock-watch.ts';
import { AlertActions } from '../../deliver/alert-actions.ts';
import { AlertForwarder } from '../../deliver/alert-forwarder.ts';
import { AlertNotifier } from '../../deliver/alert-notifier.ts';
import { AlertStatuses } from '../../deliver/alert-statuses.ts';
import { NotifierState } from '../../deliver/notifier-state.ts';
import { Outbox } from '../../deliver/outbox.ts';
import { OutboxDelivery } from '../../deliver/outbox-delivery.ts';
import { ReceiverTrials } from '../../deliver/sending/receiver-trials.ts';
import type { SendWays } from '../../deliver/sending/send-attempt.ts';
import { RuleRunner } from '../../evaluate/rule-runner.ts';
import { Scheduler } from '../../evaluate/scheduler.ts';
import { SelfAlerts } from '../../evaluate/self-alerts.ts';
import type { Database } from '../../sqlite/database.ts';
import type { ServiceOptions } from '../service-options.ts';
import type { ServiceSignals } from '../service-signals.ts';
import type { DataPlane } from './data-plane.ts';
import { notifierOptions, rateLimits } from './notifier-config.ts';

export interface AlertingInputs {
  readonly plane: DataPlane;
  readonly database: Database;
  readonly signals: ServiceSignals;
  readonly clockWatch: ClockWatch;
}

/** Rules at their times, who is told of their alerts, and the sending. */
export interface AlertingParts {
  readonly notifier: AlertNotifier;
  readonly actions: AlertActions;
  readonly statuses: AlertStatuses;
  readonly delivery: OutboxDelivery;
  readonly trials: ReceiverTrials;
  readonly forwarder: AlertForwarder;
  readonly runner: RuleRunner;
  readonly scheduler: Scheduler;
}

export function createAlertingParts(
  options: ServiceOptions,
  inputs: AlertingInputs,
): AlertingParts {
  const { clock, notify } = options;
  const { database, signals, plane } = inputs;
  const outbox = new Outbox(database);
  const notifier = new AlertNotifier(
    {
      state: new NotifierState(database, outbox, notify.root),
      clock,
      onQueued: (row) => signals.queued.tell(row),
      onCommitted: () => signals.committed.tell(undefined),
      onStorage: (error) => signals.fault.tell({ fault: 'the database cannot be written', error }),
      onHealth: (receiver, health) => signals.receiverHealth.tell({ receiver, ...health }),
      onFlood: (flood) => signals.flood.tell(flood),
      onShown: (change) => signals.shown.tell(change),
    },
    notifierOptions(options, notify, plane),
  );
  const forwarder = createForwarder(options);
  const runner = createRunner(options, inputs, withForwarder(notifier, forwarder));
  return {
    notifier,
    actions: new AlertActions(notifier, clock),
    statuses: new AlertStatuses(notifier, clock),
    runner,
    delivery: createDelivery(options, { database, outbox, notifier }),
    trials: new ReceiverTrials(sendWays(options), options.config.external_url),
    forwarder,
    scheduler: createScheduler(options, runner, inputs),
  };
}

function createDelivery(
  options: ServiceOptions,
  {
    database,
    outbox,
    notifier,
  }: {
    readonly database: Database;
    readonly outbox: Outbox;
    readonly notifier: AlertNotifier;
  },
): OutboxDelivery {
  const { random, config } = options;
  const { max_age: ageMsMax } = config.notify.outbox;
  return new OutboxDelivery(database, outbox, {
    ...sendWays(options),
    random,
    backoff: backoffOf(config),
    ageMsMax,
    rateLimits: rateLimits(config),
    listener: notifier,
  });
}

function sendWays({ clock, log, send, sendMail, folder }: ServiceOptions): SendWays {
  return {
    clock,
    log,
    send,
    sendMail,
    readSecret: (path) => readSecretFile(folder, path),
    readFile: (path) => readConfigFile(folder, path),
  };
}

function backoffOf({ notify }: CollectorConfig): BackoffOptions {
  const { initial: initialMs, factor, max: maxMs, jitter } = notify.outbox.backoff;
  return { initialMs, factor, maxMs, jitter };
}

function createForwarder(options: ServiceOptions): AlertForwarder {
  const { clock, log, send, random, config, folder, clientName } = options;
  return new AlertForwarder({
    targets: config.forward,
    clientName,
    clock,
    log,
    send,
    random,
    readSecret: (path) => readSecretFile(folder, path),
    readFile: (path) => readConfigFile(folder, path),
    backoff: backoffOf(config),
    times: { ...DEFAULT_FORWARD_TIMES, intervalMs: config.evaluation.interval },
  });
}

/** Other Alertmanagers hear of alerts of our own rules whenever the notifier does. */
function withForwarder(notifier: Notifier, forwarder: AlertForwarder): Notifier {
  return {
    onChange: (snapshot, changed) => {
      notifier.onChange(snapshot, changed);
      forwarder.take(snapshot);
    },
    onTimer: (snapshot) => {
      notifier.onTimer(snapshot);
      forwarder.take(snapshot);
    },
  };
}

function createRunner(
  { clock, log, config, monotonicMs }: ServiceOptions,
  { plane, database, signals, clockWatch }: AlertingInputs,
  notifier: Notifier,
): RuleRunner {
  return new RuleRunner({
    store: plane.store,
    database,
    notifier,
    clock,
    log,
    ruleQueries: plane.ruleQueries,
    externalLabels: config.external_labels,
    externalUrl: config.external_url,
    severity: config.severity,
    lookbackMs: config.promql.lookback,
    holdMsMax: config.restore.hold_max,
    monotonicMs,
    checkClock: () => clockWatch.check(),
    selfAlerts: new SelfAlerts(),
    onRecorded: (samples) => signals.recorded.tell(samples),
    onTransitions: (changes) => signals.transitions.tell(changes),
    onCommitted: () => signals.committed.tell(undefined),
    onStorage: (error) => signals.fault.tell({ fault: 'the database cannot be written', error }),
  });
}

function createScheduler(
  { clock, config, monotonicMs }: ServiceOptions,
  runner: RuleRunner,
  { signals, clockWatch }: AlertingInputs,
): Scheduler {
  return new Scheduler({
    clock,
    monotonicMs,
    clockSets: () => clockWatch.check(),
    arrivalGapMs: config.evaluation.on_arrival.min_gap,
    evaluateSlot: (key, slotMs, isPast) => runner.evaluateSlot(key, slotMs, isPast),
    evaluateArrival: (rules, nowMs) => runner.evaluateArrival(rules, nowMs),
    onMissed: (groupKey, missed, inARow) => signals.missed.tell({ groupKey, missed, inARow }),
  });
}
