import { isAbsolute, join } from 'node:path';

import type { CollectorConfig } from '../../config/collector-config.ts';
import type { RuleSet } from '../../config/rule-set.ts';
import { readSecretFile } from '../../config/secrets.ts';
import { createReceivers } from '../../config/settings.ts';
import type { HttpMessage, HttpResult } from '../../model/http-message.ts';
import type { RuleSample } from '../../rules/evaluation.ts';
import { groupKey } from '../../rules/rule.ts';
import type { Clock } from '../clock.ts';
import { AlertNotifier, type AlertNotifierOptions } from '../deliver/alert-notifier.ts';
import { OutboxDelivery } from '../deliver/outbox-delivery.ts';
import { type DataFolderLock, lockDataFolder } from '../durable/data-folder.ts';
import { ReplayedData } from '../durable/replayed-data.ts';
import { encodeRuleSamples } from '../durable/rule-output.ts';
import { replayLog } from '../durable/wal-replay.ts';
import { DEFAULT_WAL_OPTIONS, WriteAheadLog } from '../durable/write-ahead-log.ts';
import { RuleRunner } from '../evaluate/rule-runner.ts';
import { Scheduler } from '../evaluate/scheduler.ts';
import { SelfAlerts } from '../evaluate/self-alerts.ts';
import { BaselineStore } from '../fleet/baseline-store.ts';
import { FleetExport } from '../fleet/fleet-export.ts';
import { FleetService } from '../fleet/fleet-service.ts';
import type { Log } from '../log.ts';
import { BaselineTable } from '../sqlite/baselines.ts';
import { type Database, openDatabase } from '../sqlite/database.ts';
import { HistoryTable } from '../sqlite/history.ts';
import { createDataPlane, type DataPlane } from './data-plane.ts';
import { Maintenance } from './maintenance.ts';
import { maintenanceJobs } from './maintenance-jobs.ts';

export interface ServiceCoreOptions {
  readonly config: CollectorConfig;
  /** What file names in the configuration are relative to. */
  readonly folder: string;
  readonly rules: RuleSet;
  readonly clock: Clock;
  readonly log: Log;
  readonly monotonicMs: () => number;
  readonly random: () => number;
  readonly send: (message: HttpMessage) => Promise<HttpResult>;
  readonly clientName: string;
}

/** How long stopping waits for messages that are in the network. */
const DELIVERY_GRACE_MS = 5000;

/** Evaluations missed in a row before somebody is told. */
const MISSED_IN_A_ROW_MAX = 3;

/** Kept beyond the longest window, in memory and in the log. */
const LOG_MARGIN_MS = 60_000;

/** Everything of the service but its listeners: made at once, started and stopped as one. */
export class ServiceCore {
  readonly plane: DataPlane;
  readonly runner: RuleRunner;
  readonly delivery: OutboxDelivery;
  readonly history: HistoryTable;
  readonly fleet: FleetService;
  readonly baselines: BaselineStore;
  /** Figures that no part counts by itself. */
  readonly state = { missedEvaluations: 0, replayedRecords: 0, quarantinedFiles: 0 };
  readonly #options: ServiceCoreOptions;
  readonly #dataFolder: string;
  readonly #lock: DataFolderLock;
  readonly #database: Database;
  /** The database of baselines; the same unless the configuration names another file. */
  readonly #baselineDatabase: Database;
  readonly #damagedDatabase: string | undefined;
  readonly #notifier: AlertNotifier;
  readonly #scheduler: Scheduler;
  readonly #replayed = new ReplayedData();
  readonly #faults: Set<string> = new Set(['the service is starting']);
  readonly #lateGroups: Map<string, number> = new Map();
  #config: CollectorConfig;
  #log: WriteAheadLog | undefined;
  #maintenance: Maintenance | undefined;

  /**
   * Takes the data folder and opens what is in it.
   *
   * @throws {DataFolderInUseError} when another service runs on the folder.
   */
  constructor(options: ServiceCoreOptions) {
    const { config, folder, clock, log, monotonicMs } = options;
    this.#options = options;
    this.#config = config;
    this.#dataFolder = isAbsolute(config.data_dir)
      ? config.data_dir
      : join(folder, config.data_dir);
    this.#lock = lockDataFolder(this.#dataFolder);
    const opened = openDatabase(join(this.#dataFolder, 'telltale.db'), clock.nowMs());
    this.#database = opened.database;
    this.#damagedDatabase = opened.quarantined;
    this.history = new HistoryTable(this.#database);
    this.#baselineDatabase = this.#openBaselines();
    this.baselines = new BaselineStore({
      table: new BaselineTable(this.#baselineDatabase),
      config: config.drift.baselines,
    });
    this.plane = createDataPlane({
      config,
      groups: options.rules.groups,
      clock,
      monotonicMs,
      hashSeed: Math.floor(options.random() * 2 ** 31),
      onStored: (nowMs) => this.#onStored(nowMs),
      onLog: (error) => this.#setFault('the log cannot be written', error),
      onBatch: (batch, nowMs) => this.fleet.take(batch, nowMs),
    });
    this.fleet = this.#createFleet();
    this.#notifier = new AlertNotifier(this.#database, notifierOptions(config, options.clientName));
    this.delivery = this.#createDelivery();
    this.runner = this.#createRunner();
    this.#scheduler = new Scheduler({
      clock,
      arrivalGapMs: config.evaluation.on_arrival.min_gap,
      evaluateSlot: (key, slotMs) => this.runner.evaluateSlot(key, slotMs),
      evaluateArrival: (rules, nowMs) => this.runner.evaluateArrival(rules, nowMs),
      onMissed: (key, missed, inARow) => this.#onMissed(key, missed, inARow),
    });
    for (const warning of options.rules.warnings) log.warn({}, warning);
  }

  get walBytes(): number {
    return this.#log?.bytes ?? 0;
  }

  get config(): CollectorConfig {
    return this.#config;
  }

  /** Why the service cannot do all of its work; empty when it can. */
  problems(): readonly string[] {
    return [...this.#faults];
  }

  /** Reads the log, restores alerts, then takes data and evaluates. */
  async start(): Promise<void> {
    const { clock, rules } = this.#options;
    const walFolder = join(this.#dataFolder, 'wal');
    await this.#replay(walFolder);
    this.#log = await WriteAheadLog.open({
      ...DEFAULT_WAL_OPTIONS,
      folder: walFolder,
      totalBytesMax: this.#config.wal.max_bytes,
    });
    this.delivery.setReceivers(createReceivers(this.#config, this.#options.clientName));
    this.runner.restore(rules.groups);
    this.plane.store.retention.takeTouchedGroups();
    this.delivery.start();
    this.plane.ingest.open(this.#log);
    this.#setGroups(rules);
    this.#maintenance = this.#createMaintenance(this.#log);
    this.#maintenance.start();
    this.history.add({ tsMs: clock.nowMs(), kind: 'system.start' });
    this.#faults.delete('the service is starting');
    this.#reportDamage();
  }

  /** Puts a new configuration in place. Sections that only a restart can change keep their values. */
  reload(config: CollectorConfig, rules: RuleSet, actor: string): void {
    const { clientName, clock } = this.#options;
    this.#config = config;
    this.plane.setRules(config, rules.groups);
    this.#notifier.setOptions(notifierOptions(config, clientName));
    this.delivery.setReceivers(createReceivers(config, clientName));
    this.runner.reload(rules.groups);
    this.#setGroups(rules);
    this.history.add({ tsMs: clock.nowMs(), kind: 'system.reload', actor });
    this.delivery.wake();
  }

  /** From now on senders are told to come back. */
  refuseData(): void {
    this.#faults.add('the service is stopping');
    this.plane.ingest.close();
  }

  async stop(): Promise<void> {
    this.refuseData();
    this.#scheduler.stop();
    await this.#maintenance?.stop();
    await this.delivery.stop(DELIVERY_GRACE_MS);
    await this.#log?.close();
    this.history.add({ tsMs: this.#options.clock.nowMs(), kind: 'system.stop' });
    this.#closeDatabases();
    this.#lock.release();
  }

  /** Stops all timers and lets go of the files, with nothing finished or flushed. */
  kill(): void {
    this.refuseData();
    this.#scheduler.stop();
    this.#maintenance?.stop().catch(() => undefined);
    this.delivery.stop(0).catch(() => undefined);
    this.abandon();
  }

  /** Gives the data folder back when the service could not be started. */
  abandon(): void {
    this.#closeDatabases();
    this.#lock.release();
  }

  #closeDatabases(): void {
    if (this.#baselineDatabase !== this.#database) this.#baselineDatabase.close();
    this.#database.close();
  }

  #openBaselines(): Database {
    const { path } = this.#config.drift.baselines;
    if (path === undefined) return this.#database;
    const { folder, clock, log } = this.#options;
    const file = isAbsolute(path) ? path : join(folder, path);
    const { database, quarantined } = openDatabase(file, clock.nowMs());
    if (quarantined !== undefined) log.error({ file: quarantined }, 'Started without baselines');
    return database;
  }

  #createFleet(): FleetService {
    const { config, folder, log, send, clientName } = this.#options;
    const exportConfig = config.drift.export;
    return new FleetService({
      config,
      store: this.plane.store,
      references: this.baselines,
      exporter:
        exportConfig &&
        new FleetExport({
          config: exportConfig,
          log,
          send,
          readSecret: (path) => readSecretFile(folder, path),
          clientName,
        }),
      onStored: () => {
        this.#scheduler.notifyArrival(this.plane.store.retention.takeTouchedGroups());
      },
      onFailure: (error) => log.error({ error: String(error) }, 'Cannot merge for fleet drift'),
    });
  }

  #createDelivery(): OutboxDelivery {
    const { clock, log, send, random, config, folder } = this.#options;
    const { max_age: ageMsMax, backoff } = config.notify.outbox;
    return new OutboxDelivery(this.#database, {
      clock,
      log,
      send,
      random,
      readSecret: (path) => readSecretFile(folder, path),
      backoff: {
        initialMs: backoff.initial,
        factor: backoff.factor,
        maxMs: backoff.max,
        jitter: backoff.jitter,
      },
      ageMsMax,
    });
  }

  #createRunner(): RuleRunner {
    const { clock, log, config, monotonicMs } = this.#options;
    return new RuleRunner({
      store: this.plane.store,
      database: this.#database,
      notifier: this.#notifier,
      clock,
      log,
      queries: this.plane.ruleQueries.queries,
      externalLabels: config.external_labels,
      externalUrl: config.external_url,
      severity: config.severity,
      lookbackMs: config.promql.lookback,
      holdMsMax: config.restore.hold_max,
      monotonicMs,
      selfAlerts: new SelfAlerts(),
      onRecorded: (samples) => this.#logRuleOutput(samples),
      onCommitted: () => this.delivery.wake(),
      onStorage: (error) => this.#setFault('the database cannot be written', error),
    });
  }

  #createMaintenance(log: WriteAheadLog): Maintenance {
    const { clock, monotonicMs } = this.#options;
    const jobs = maintenanceJobs({
      store: this.plane.store,
      database: this.#database,
      history: this.history,
      notifier: this.#notifier,
      runner: this.runner,
      delivery: this.delivery,
      scheduler: this.#scheduler,
      log,
      logMarginMs: LOG_MARGIN_MS,
      lateGroups: this.#lateGroups,
      fleet: this.fleet,
      baselines: this.baselines,
      config: () => this.#config,
    });
    return new Maintenance(jobs, { clock, monotonicMs, log: this.#options.log });
  }

  #setGroups(rules: RuleSet): void {
    this.#scheduler.setGroups(
      rules.groups.map((group) => ({ key: groupKey(group), intervalMs: group.intervalMs })),
    );
  }

  async #replay(folder: string): Promise<void> {
    const { clock, log } = this.#options;
    const nowMs = clock.nowMs();
    const { store, ingest } = this.plane;
    const fromMs = nowMs - store.retention.windowMsMax - LOG_MARGIN_MS;
    const report = await replayLog({ folder, fromMs, nowMs }, async (record) => {
      if (record.arrivalMs < fromMs) return;
      this.#replayed.note(record.arrivalMs);
      await ingest.replay(record);
    });
    if (report.quarantined.length > 0) this.#replayed.noteDamage();
    this.state.replayedRecords = report.records;
    this.state.quarantinedFiles = report.quarantined.length;
    store.advanceTo(nowMs);
    if (report.records > 0) log.info({ ...report }, 'Replayed the log');
  }

  #reportDamage(): void {
    const { quarantinedFiles } = this.state;
    if (quarantinedFiles > 0) {
      const summary = `${quarantinedFiles} damaged files of the write-ahead log were moved aside`;
      this.runner.raise('TelltaleLogDamaged', 'wal', summary);
    }
    if (this.#damagedDatabase === undefined) return;
    this.state.quarantinedFiles += 1;
    const summary = `The database was damaged and is kept as ${this.#damagedDatabase}`;
    this.#options.log.error({ file: this.#damagedDatabase }, 'Started with an empty database');
    this.runner.raise('TelltaleDatabaseDamaged', 'database', summary);
  }

  #onStored(nowMs: number): void {
    this.runner.noteData(this.#replayed.coveredSince(nowMs));
    this.#scheduler.notifyArrival(this.plane.store.retention.takeTouchedGroups());
  }

  #logRuleOutput(samples: readonly RuleSample[]): void {
    const kept = samples.filter(({ labels }) => {
      // Alerts write these two at every evaluation, and their states are in the database.
      const isAlertSeries = labels.metricName.startsWith('ALERTS');
      return !isAlertSeries || this.plane.store.retention.wantsName(labels.metricName);
    });
    if (kept.length === 0 || this.#log === undefined) return;
    const arrivalMs = this.#options.clock.nowMs();
    this.#log
      .append({ kind: 'rule output', arrivalMs, body: encodeRuleSamples(kept) })
      .catch((error: unknown) => this.#setFault('the log cannot be written', error));
  }

  #setFault(fault: string, error: unknown): void {
    const text = error instanceof Error ? error.message : 'unknown error';
    if (error === undefined) {
      if (!this.#faults.delete(fault)) return;
      this.#options.log.info({}, `No longer true: ${fault}`);
      this.runner.clear('TelltaleCannotWrite', fault);
      return;
    }
    if (this.#faults.has(fault)) return;
    this.#faults.add(fault);
    this.#options.log.error({ error: text }, `Degraded: ${fault}`);
    this.runner.raise('TelltaleCannotWrite', fault, `Degraded: ${fault}: ${text}`);
  }

  #onMissed(key: string, missed: number, inARow: number): void {
    this.state.missedEvaluations += missed;
    this.#lateGroups.set(key, this.#options.clock.nowMs());
    if (inARow < MISSED_IN_A_ROW_MAX) return;
    const summary = `Rule group ${key} takes longer than its interval`;
    this.runner.raise('TelltaleEvaluationLate', key, summary);
  }
}

function notifierOptions(config: CollectorConfig, clientName: string): AlertNotifierOptions {
  return {
    receivers: createReceivers(config, clientName),
    groupBy: config.notify.group_by,
    repeatIntervalMs: config.notify.repeat_interval,
    externalUrl: config.external_url,
  };
}
