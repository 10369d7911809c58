import { formatProblem } from '../../config/config-error.ts';
import type { NotifySet } from '../../config/notify-set.ts';
import type { RuleSet } from '../../config/rules/rule-set.ts';
import type { CollectorConfig } from '../../config/schema/collector-config.ts';
import type { AlertStatistics } from '../../exchange/alert-status.ts';
import type { HistoryEvent } from '../../exchange/history.ts';
import { groupKeyStart } from '../../rules/rule.ts';
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
  #brokenFiles: ReadonlySet<string> = new Set();

  /**
   * Takes the data folder and opens what is in it.
   *
   * @throws {DataFolderInUseError} when another service runs on the folder.
   */
  constructor(options: ServiceOptions) {
    const { clock, log, rules } = options;
    const signals = new ServiceSignals();
    this.#options = options;
    this.#config = options.config;
    this.#notifySet = options.notify;
    this.#files = openServiceFiles(options);
    this.parts = createServiceParts(options, this.#files, signals);
    connectParts(signals, this.parts, { clock, log });
    const { database } = this.#files;
    const jobs = maintenanceJobs({
      ...this.parts,
      database,
      isInPlace: () => this.#files.isInPlace(),
      config: () => this.#config,
    });
    this.#maintenance = new Maintenance(jobs, {
      clock,
      log,
      checkClock: () => this.parts.clockWatch.check(),
    });
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
    const { rules } = this.#options;
    const { plane, runner, notifier, delivery, requestLog, faults } = this.parts;
    const log = await requestLog.open();
    notifier.load();
    delivery.setReceivers(notifier.options.receivers);
    runner.restore(rules.groups, brokenGroups(rules));
    runner.expectSenders(this.parts.rhythm.load());
    plane.store.retention.takeTouchedGroups();
    delivery.start();
    notifier.start();
    plane.ingest.open(log);
    this.#setGroups(rules);
    this.#maintenance.start();
    this.#note({ kind: 'system.start' });
    faults.leave(STARTING);
    this.#reportDamage();
    this.#reportBroken(rules);
  }

  /** Puts a new configuration in place. Sections that only a restart can change keep their values. */
  reload(config: CollectorConfig, sets: ConfiguredSets, actor: string): void {
    const { clientName, clock } = this.#options;
    const { rules, notify } = sets;
    const { plane, notifier, delivery, runner, queries } = this.parts;
    this.#config = config;
    this.#notifySet = notify;
    plane.setRules(config, rules.groups);
    queries.setSettings(querySettings(config));
    const options = notifierOptions({ config, clientName, clock }, notify, plane);
    // Before the notifier, which may send at once to a receiver that is new.
    delivery.setReceivers(options.receivers);
    notifier.setOptions(options);
    runner.reload(rules.groups, brokenGroups(rules));
    this.#setGroups(rules);
    this.#reportBroken(rules);
    this.#note({ kind: 'system.reload', actor });
    delivery.wake();
  }

  /** From now on senders are told to come back. */
  refuseData(): void {
    this.parts.faults.enter(STOPPING);
    this.parts.faults.stop();
    this.parts.events.close();
    this.parts.plane.ingest.close();
  }

  async stop(): Promise<void> {
    const { scheduler, notifier, delivery, forwarder, requestLog, queries } = this.parts;
    this.refuseData();
    queries.close();
    scheduler.stop();
    notifier.stop();
    await this.#maintenance.stop();
    await Promise.all([delivery.stop(DELIVERY_GRACE_MS), forwarder.stop(DELIVERY_GRACE_MS)]);
    await requestLog.close();
    this.#note({ kind: 'system.stop' });
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
    this.parts.forwarder.stop(0).catch(() => undefined);
    this.abandon();
  }

  /** Gives the data folder back when the service could not be started. */
  abandon(): void {
    this.#files.close();
  }

  /** A database that cannot be written keeps the service from nothing. */
  #note(event: Pick<HistoryEvent, 'kind'> & Partial<Pick<HistoryEvent, 'actor'>>): void {
    const { history, faults } = this.parts;
    try {
      history.add({ tsMs: this.#options.clock.nowMs(), ...event });
    } catch (error) {
      faults.report({ fault: 'the database cannot be written', error });
    }
  }

  /** Says which rule files are left out, and takes it back for those that are good again. */
  #reportBroken({ broken }: RuleSet): void {
    const { runner } = this.parts;
    const files = new Set(broken.map(({ file }) => file));
    for (const file of this.#brokenFiles) {
      if (!files.has(file)) runner.clear('TelltaleRuleFileBroken', file);
    }
    for (const file of files) {
      const problems = broken.filter((problem) => problem.file === file).map(formatProblem);
      this.#options.log.error({ file, problems }, 'Left out a rule file with faults');
      const summary = `The rule file is left out, its rules do not run: ${problems[0]}`;
      runner.raise('TelltaleRuleFileBroken', file, summary);
    }
    this.#brokenFiles = files;
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

/** Tells the groups of files that are left out: their alerts wait until the file is good again. */
function brokenGroups({ broken }: RuleSet): (groupKey: string) => boolean {
  const starts = broken.map(({ file }) => groupKeyStart(file));
  return (groupKey) => starts.some((start) => groupKey.startsWith(start));
}
