import type { CollectorConfig } from '../../config/collector-config.ts';
import type { NotifySet } from '../../config/notify-set.ts';
import type { RuleSet } from '../../config/rule-set.ts';
import type { AlertStatistics } from '../../exchange/alert-status.ts';
import { alertStatistics } from '../deliver/alert-statistics.ts';
import { Maintenance } from './chores/maintenance.ts';
import { maintenanceJobs } from './chores/maintenance-jobs.ts';
import { notifierOptions } from './parts/notifier-config.ts';
import { querySettings } from './parts/query-parts.ts';
import { openServiceFiles, type ServiceFiles } from './parts/service-files.ts';
import { createServiceParts, type ServiceParts } from './parts/service-parts.ts';
import { connectParts } from './reactions.ts';
import type { ServiceOptions } from './service-options.ts';
import { ServiceSignals } from './service-signals.ts';

/** How long stopping waits for messages that are in the network. */
const DELIVERY_GRACE_MS = 5000;

const STARTING = 'the service is starting';
const STOPPING = 'the service is stopping';

/** Figures that several parts count, for the metrics about the service. */
export interface ServiceFigures {
  readonly missedEvaluations: number;
  readonly replayedRecords: number;
  readonly quarantinedFiles: number;
  readonly walBytes: number;
}

/** What a configuration names in files of their own. */
export interface ConfiguredSets {
  readonly rules: RuleSet;
  readonly notify: NotifySet;
}

/** Everything of the service but its listeners: made at once, started and stopped as one. */
export class ServiceCore {
  readonly parts: ServiceParts;
  readonly #options: ServiceOptions;
  readonly #files: ServiceFiles;
  readonly #maintenance: Maintenance;
  #config: CollectorConfig;
  #notifySet: NotifySet;

  /**
   * Takes the data folder and opens what is in it.
   *
   * @throws {DataFolderInUseError} when another service runs on the folder.
   */
  constructor(options: ServiceOptions) {
    const { clock, monotonicMs, log, rules } = options;
    const signals = new ServiceSignals();
    this.#options = options;
    this.#config = options.config;
    this.#notifySet = options.notify;
    this.#files = openServiceFiles(options);
    this.parts = createServiceParts(options, this.#files, signals);
    connectParts(signals, this.parts, clock);
    const { database } = this.#files;
    const jobs = maintenanceJobs({ ...this.parts, database, config: () => this.#config });
    this.#maintenance = new Maintenance(jobs, { clock, monotonicMs, log });
    this.parts.faults.enter(STARTING);
    const warnings = [...rules.warnings, ...(options.notify.alertmanager?.warnings ?? [])];
    for (const warning of warnings) log.warn({}, warning);
  }

  get config(): CollectorConfig {
    return this.#config;
  }

  figures(): ServiceFigures {
    const { lateGroups, requestLog } = this.parts;
    const { records, quarantinedFiles } = requestLog.replayed;
    return {
      missedEvaluations: lateGroups.missedTotal,
      replayedRecords: records,
      quarantinedFiles: quarantinedFiles + (this.#files.damagedDatabase === undefined ? 0 : 1),
      walBytes: requestLog.bytes,
    };
  }

  /** Who is told of what, as the configuration in force has it. */
  get notifySet(): NotifySet {
    return this.#notifySet;
  }

  /** Figures of the alerts and messages of the last `windowMs`. */
  statistics(windowMs: number): AlertStatistics {
    const nowMs = this.#options.clock.nowMs();
    return alertStatistics(this.#files.database, { windowMs, nowMs });
  }

  /** Why the service cannot do all of its work; empty when it can. */
  problems(): readonly string[] {
    return this.parts.faults.list();
  }

  /** Reads the log, restores alerts, then takes data and evaluates. */
  async start(): Promise<void> {
    const { clock, rules } = this.#options;
    const { plane, runner, notifier, delivery, history, requestLog, faults } = this.parts;
    const log = await requestLog.open();
    notifier.load();
    delivery.setReceivers(notifier.options.receivers);
    runner.restore(rules.groups);
    plane.store.retention.takeTouchedGroups();
    delivery.start();
    notifier.start();
    plane.ingest.open(log);
    this.#setGroups(rules);
    this.#maintenance.start();
    history.add({ tsMs: clock.nowMs(), kind: 'system.start' });
    faults.leave(STARTING);
    this.#reportDamage();
  }

  /** Puts a new configuration in place. Sections that only a restart can change keep their values. */
  reload(config: CollectorConfig, sets: ConfiguredSets, actor: string): void {
    const { clientName, clock } = this.#options;
    const { rules, notify } = sets;
    const { plane, notifier, delivery, runner, history, queries } = this.parts;
    this.#config = config;
    this.#notifySet = notify;
    plane.setRules(config, rules.groups);
    queries.setSettings(querySettings(config));
    notifier.setOptions(notifierOptions({ config, clientName, clock }, notify, plane));
    delivery.setReceivers(notifier.options.receivers);
    runner.reload(rules.groups);
    this.#setGroups(rules);
    history.add({ tsMs: clock.nowMs(), kind: 'system.reload', actor });
    delivery.wake();
  }

  /** From now on senders are told to come back. */
  refuseData(): void {
    this.parts.faults.enter(STOPPING);
    this.parts.events.close();
    this.parts.plane.ingest.close();
  }

  async stop(): Promise<void> {
    const { scheduler, notifier, delivery, requestLog, history, queries } = this.parts;
    this.refuseData();
    queries.close();
    scheduler.stop();
    notifier.stop();
    await this.#maintenance.stop();
    await delivery.stop(DELIVERY_GRACE_MS);
    await requestLog.close();
    history.add({ tsMs: this.#options.clock.nowMs(), kind: 'system.stop' });
    this.#files.close();
  }

  /** Stops all timers and lets go of the files, with nothing finished or flushed. */
  kill(): void {
    this.refuseData();
    this.parts.queries.close();
    this.parts.scheduler.stop();
    this.parts.notifier.stop();
    this.#maintenance.stop().catch(() => undefined);
    this.parts.delivery.stop(0).catch(() => undefined);
    this.abandon();
  }

  /** Gives the data folder back when the service could not be started. */
  abandon(): void {
    this.#files.close();
  }

  #setGroups(rules: RuleSet): void {
    this.parts.scheduler.setGroups(rules.groups);
  }

  #reportDamage(): void {
    const { runner, requestLog } = this.parts;
    const { quarantinedFiles } = requestLog.replayed;
    if (quarantinedFiles > 0) {
      const summary = `${quarantinedFiles} damaged files of the write-ahead log were moved aside`;
      runner.raise('TelltaleLogDamaged', 'wal', summary);
    }
    const file = this.#files.damagedDatabase;
    if (file === undefined) return;
    this.#options.log.error({ file }, 'Started with an empty database');
    const summary = `The database was damaged and is kept as ${file}`;
    runner.raise('TelltaleDatabaseDamaged', 'database', summary);
  }
}
