import type { CollectorConfig } from '../../../config/collector-config.ts';
import { readConfigFile, readSecretFile } from '../../../config/secrets.ts';
import { createReceivers } from '../../../config/settings.ts';
import { AlertNotifier, type AlertNotifierOptions } from '../../deliver/alert-notifier.ts';
import { OutboxDelivery } from '../../deliver/outbox-delivery.ts';
import { RuleRunner } from '../../evaluate/rule-runner.ts';
import { Scheduler } from '../../evaluate/scheduler.ts';
import { SelfAlerts } from '../../evaluate/self-alerts.ts';
import type { Database } from '../../sqlite/database.ts';
import type { ServiceOptions } from '../service-options.ts';
import type { ServiceSignals } from '../service-signals.ts';
import type { DataPlane } from './data-plane.ts';

export interface AlertingInputs {
  readonly plane: DataPlane;
  readonly database: Database;
  readonly signals: ServiceSignals;
}

/** Rules at their times, who is told of their alerts, and the sending. */
export interface AlertingParts {
  readonly notifier: AlertNotifier;
  readonly delivery: OutboxDelivery;
  readonly runner: RuleRunner;
  readonly scheduler: Scheduler;
}

export function createAlertingParts(
  options: ServiceOptions,
  inputs: AlertingInputs,
): AlertingParts {
  const notifier = new AlertNotifier(
    inputs.database,
    notifierOptions(options.config, options.clientName),
  );
  const runner = createRunner(options, inputs, notifier);
  return {
    notifier,
    runner,
    delivery: createDelivery(options, inputs.database),
    scheduler: createScheduler(options, runner, inputs.signals),
  };
}

/** The notifier's part of a configuration, at the start and at each reload. */
export function notifierOptions(config: CollectorConfig, clientName: string): AlertNotifierOptions {
  return {
    receivers: createReceivers(config, clientName),
    groupBy: config.notify.group_by,
    repeatIntervalMs: config.notify.repeat_interval,
    externalUrl: config.external_url,
  };
}

function createDelivery(options: ServiceOptions, database: Database): OutboxDelivery {
  const { clock, log, send, random, config, folder } = options;
  const { max_age: ageMsMax, backoff } = config.notify.outbox;
  return new OutboxDelivery(database, {
    clock,
    log,
    send,
    random,
    sendMail: options.sendMail,
    readSecret: (path) => readSecretFile(folder, path),
    readFile: (path) => readConfigFile(folder, path),
    backoff: {
      initialMs: backoff.initial,
      factor: backoff.factor,
      maxMs: backoff.max,
      jitter: backoff.jitter,
    },
    ageMsMax,
  });
}

function createRunner(
  { clock, log, config, monotonicMs }: ServiceOptions,
  { plane, database, signals }: AlertingInputs,
  notifier: AlertNotifier,
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
    selfAlerts: new SelfAlerts(),
    onRecorded: (samples) => signals.recorded.tell(samples),
    onCommitted: () => signals.committed.tell(undefined),
    onStorage: (error) => signals.fault.tell({ fault: 'the database cannot be written', error }),
  });
}

function createScheduler(
  { clock, config }: ServiceOptions,
  runner: RuleRunner,
  signals: ServiceSignals,
): Scheduler {
  return new Scheduler({
    clock,
    arrivalGapMs: config.evaluation.on_arrival.min_gap,
    evaluateSlot: (key, slotMs) => runner.evaluateSlot(key, slotMs),
    evaluateArrival: (rules, nowMs) => runner.evaluateArrival(rules, nowMs),
    onMissed: (groupKey, missed, inARow) => signals.missed.tell({ groupKey, missed, inARow }),
  });
}
