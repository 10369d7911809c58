import type { HistoryKind } from '../../exchange/history.ts';
import { type SeverityOptions, severityOf } from '../../model/severity.ts';
import type { AlertSnapshot, Notifier } from '../../notify/notifier.ts';
import { fingerprint } from '../../notify/stages/fingerprint.ts';
import type { AlertChange } from '../../rules/alert/alert-rule.ts';
import type { RuleGroup } from '../../rules/group.ts';
import type { Log } from '../log.ts';
import { AlertTable } from '../sqlite/alerts.ts';
import type { Database } from '../sqlite/database.ts';
import { HistoryTable } from '../sqlite/history.ts';
import type { AlertMessages } from './alert-messages.ts';

/** Transitions kept for a database that cannot be written; the oldest go first. */
const UNCOMMITTED_MAX = 10_000;

const KIND_OF_STATUS = {
  pending: 'alert.pending',
  firing: 'alert.firing',
  inactive: 'alert.resolved',
} as const satisfies Record<string, HistoryKind>;

export interface AlertCommitsOptions {
  readonly database: Database;
  readonly notifier: Notifier;
  readonly log: Log;
  readonly severity: SeverityOptions;
  readonly messages: AlertMessages;
  /** What receivers may be told of, after these changes. */
  readonly snapshot: (changes: readonly AlertChange[]) => AlertSnapshot;
  /** Called after transitions were committed, so that the outbox is emptied at once. */
  readonly onCommitted: () => void;
  /** Alerts changed, pending ones too. */
  readonly onTransitions: (changes: readonly AlertChange[]) => void;
  /** Told when a commit fails and when one succeeds again. */
  readonly onStorage: (error: unknown) => void;
}

/** Writes alert states, their history and their notifications together. */
export class AlertCommits {
  readonly #options: AlertCommitsOptions;
  readonly #alerts: AlertTable;
  readonly #history: HistoryTable;
  #uncommitted: readonly AlertChange[] = [];

  constructor(options: AlertCommitsOptions) {
    this.#options = options;
    this.#alerts = new AlertTable(options.database);
    this.#history = new HistoryTable(options.database);
  }

  /** The alerts as they were saved last. */
  load(): ReturnType<AlertTable['load']> {
    return this.#alerts.load();
  }

  /** Rows of groups that are gone do no harm until this can be written. */
  keepGroups(groups: readonly RuleGroup[], isAside: (groupKey: string) => boolean): void {
    try {
      this.#options.database.transaction('full', () => this.#alerts.keepGroups(groups, isAside));
    } catch (error) {
      this.#options.onStorage(error);
    }
  }

  /**
   * One transaction: a crash leaves either all of it or nothing. What a full disk refuses waits
   * for the next commit.
   */
  commit(groups: readonly RuleGroup[], changes: readonly AlertChange[]): void {
    const { database, notifier, log, messages } = this.#options;
    const pending = [...this.#uncommitted, ...changes];
    const changed = messages.changed(pending);
    if (changes.length > 0) this.#options.onTransitions(changes);
    try {
      database.transaction(pending.length > 0 ? 'full' : 'normal', () => {
        for (const group of groups) this.#alerts.save(group);
        for (const change of pending) this.#record(change);
        if (changed.length > 0) notifier.onChange(this.#options.snapshot(pending), changed);
      });
    } catch (error) {
      this.#uncommitted = pending.slice(-UNCOMMITTED_MAX);
      this.#alerts.forgetStored();
      log.error({ error: String(error) }, 'Cannot save alert states');
      this.#options.onStorage(error);
      // What was undone with the transaction is still known to the notifier, which sends from memory.
      if (changed.length > 0) notifier.onChange(this.#options.snapshot(pending), changed);
      this.#options.onCommitted();
      return;
    }
    if (this.#uncommitted.length > 0) this.#options.onStorage(undefined);
    this.#uncommitted = [];
    if (changed.length > 0) this.#options.onCommitted();
  }

  /** Between slots only the time is saved, so that a crash costs a pending alert next to nothing. */
  saveTime(group: RuleGroup): void {
    try {
      this.#options.database.transaction('normal', () => this.#alerts.saveTime(group));
    } catch (error) {
      this.#options.onStorage(error);
    }
  }

  #record({ from, to, reason, alert, rule, timeMs }: AlertChange): void {
    const labels = alert.labels.toRecord();
    this.#history.add({
      tsMs: timeMs,
      kind: KIND_OF_STATUS[to ?? 'inactive'],
      fingerprint: fingerprint(labels),
      alertname: rule,
      severity: severityOf(labels, this.#options.severity),
      fromState: from ?? 'inactive',
      toState: to ?? 'inactive',
      labels,
      value: alert.value,
      reason,
    });
  }
}
