import type { RuleSample } from '../../../rules/evaluation.ts';
import type { Clock } from '../../clock.ts';
import { ReplayedData } from '../../durable/replayed-data.ts';
import { encodeRuleSamples } from '../../durable/rule-output.ts';
import { replayLog } from '../../durable/wal-replay.ts';
import { DEFAULT_WAL_OPTIONS, WriteAheadLog } from '../../durable/write-ahead-log.ts';
import type { Log } from '../../log.ts';
import type { ServiceSignals } from '../service-signals.ts';
import type { DataPlane } from './data-plane.ts';

export interface RequestLogOptions {
  /** Where the segments lie. */
  readonly folder: string;
  readonly bytesMax: number;
  readonly plane: DataPlane;
  readonly clock: Clock;
  readonly log: Log;
  readonly signals: ServiceSignals;
}

/** Kept beyond the longest window, in memory and in the log. */
const MARGIN_MS = 60_000;

/** The write-ahead log over the life of the service: read at the start, then written. */
export class RequestLog {
  /** Records applied and damaged files moved aside at the start. */
  readonly replayed = { records: 0, quarantinedFiles: 0 };
  readonly #options: RequestLogOptions;
  readonly #coverage = new ReplayedData();
  #log: WriteAheadLog | undefined;

  constructor(options: RequestLogOptions) {
    this.#options = options;
  }

  /** Size on disk. */
  get bytes(): number {
    return this.#log?.bytes ?? 0;
  }

  /** Since when there are samples without a hole, once some arrived at `nowMs`. */
  coveredSince(nowMs: number): number {
    return this.#coverage.coveredSince(nowMs);
  }

  /** Applies what is on disk and opens the log behind it. */
  async open(): Promise<WriteAheadLog> {
    const { folder, bytesMax } = this.#options;
    await this.#replay();
    this.#log = await WriteAheadLog.open({
      ...DEFAULT_WAL_OPTIONS,
      folder,
      totalBytesMax: bytesMax,
    });
    return this.#log;
  }

  /** Keeps what recording rules wrote; a failure is told as a fault. */
  keepRuleOutput(samples: readonly RuleSample[]): void {
    const { plane, clock, signals } = this.#options;
    const kept = samples.filter(({ labels }) => {
      // Alerts write these two at every evaluation, and their states are in the database.
      const isAlertSeries = labels.metricName.startsWith('ALERTS');
      return !isAlertSeries || plane.store.retention.wantsName(labels.metricName);
    });
    if (kept.length === 0 || this.#log === undefined) return;
    this.#log
      .append({ kind: 'rule output', arrivalMs: clock.nowMs(), body: encodeRuleSamples(kept) })
      .catch((error: unknown) => {
        signals.fault.tell({ fault: 'the log cannot be written', error });
      });
  }

  /** Deletes what no rule asks for any more. */
  async trim(nowMs: number): Promise<void> {
    await this.#log?.deleteBefore(this.#neededSince(nowMs));
  }

  /** Commits what waits. */
  async close(): Promise<void> {
    await this.#log?.close();
  }

  #neededSince(nowMs: number): number {
    return nowMs - this.#options.plane.store.retention.windowMsMax - MARGIN_MS;
  }

  async #replay(): Promise<void> {
    const { folder, clock, log, plane } = this.#options;
    const nowMs = clock.nowMs();
    const fromMs = this.#neededSince(nowMs);
    const report = await replayLog({ folder, fromMs, nowMs }, async (record) => {
      if (record.arrivalMs < fromMs) return;
      this.#coverage.note(record.arrivalMs);
      await plane.ingest.replay(record);
    });
    if (report.quarantined.length > 0) this.#coverage.noteDamage();
    this.replayed.records = report.records;
    this.replayed.quarantinedFiles = report.quarantined.length;
    plane.store.advanceTo(nowMs);
    if (report.records > 0) log.info({ ...report }, 'Replayed the log');
  }
}
