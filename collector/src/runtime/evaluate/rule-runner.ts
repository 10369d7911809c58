import { textKey } from '@telltale/core';

import type { HistoryKind } from '../../exchange/history.ts';
import { type SeverityOptions, severityOf } from '../../model/severity.ts';
import { escapeQuery } from '../../model/template/functions/escape.ts';
import type { AlertSnapshot, Notifier } from '../../notify/notifier.ts';
import { fingerprint } from '../../notify/stages/fingerprint.ts';
import type { NotifiedAlert } from '../../notify/stages/notification.ts';
import type { AlertChange } from '../../rules/alert-rule.ts';
import type { RuleEnvironment, RuleSample } from '../../rules/evaluation.ts';
import { RuleGroup, type RuleState } from '../../rules/group.ts';
import { type PendingRemoval, reloadGroups, removalSamples } from '../../rules/reload.ts';
import { restoreAlerts } from '../../rules/restore.ts';
import type { GroupDefinition, Rule } from '../../rules/rule.ts';
import type { SeriesStore } from '../../storage/series-store.ts';
import type { Clock } from '../clock.ts';
import { notifiedAlerts, notifiedChanges } from '../deliver/notified-alerts.ts';
import { storeRuleSamples } from '../durable/rule-output.ts';
import type { Log } from '../log.ts';
import { AlertTable } from '../sqlite/alerts.ts';
import type { Database } from '../sqlite/database.ts';
import { HistoryTable } from '../sqlite/history.ts';
import { AlertHold } from './alert-hold.ts';
import { ArrivalGate } from './arrival-gate.ts';
import { giveSeriesBack } from './left-series.ts';
import type { RuleQueries } from './rule-queries.ts';
import type { SelfAlertName, SelfAlerts } from './self-alerts.ts';

export interface RuleRunnerOptions {
  readonly store: SeriesStore;
  readonly database: Database;
  readonly notifier: Notifier;
  readonly clock: Clock;
  readonly log: Log;
  readonly ruleQueries: RuleQueries;
  readonly externalLabels: Readonly<Record<string, string>>;
  readonly externalUrl: string;
  readonly severity: SeverityOptions;
  readonly lookbackMs: number;
  readonly holdMsMax: number;
  readonly monotonicMs: () => number;
  /** Told of samples that recording rules wrote, which a restart cannot compute again. */
  readonly onRecorded: (samples: readonly RuleSample[]) => void;
  /** Called before each evaluation: a clock that was set calls `followClock`. */
  readonly checkClock: () => void;
  /** Alerts about the service itself. */
  readonly selfAlerts: SelfAlerts;
  /** Called after transitions were committed, so that the outbox is emptied at once. */
  readonly onCommitted: () => void;
  /** Alerts changed, pending ones too. */
  readonly onTransitions: (changes: readonly AlertChange[]) => void;
  /** Told when a commit fails and when one succeeds again. */
  readonly onStorage: (error: unknown) => void;
}

/** Totals since the start. */
export interface EvaluationCounters {
  evaluations: number;
  ruleErrors: number;
  transitions: number;
  secondsTotal: number;
}

/** Transitions kept for a database that cannot be written; the oldest go first. */
const UNCOMMITTED_MAX = 10_000;

/** When and why a group is evaluated. */
interface Occasion {
  readonly timeMs: number;
  readonly isSlot: boolean;
  /** Which rules; `undefined` for all. */
  readonly isDue: ((rule: Rule) => boolean) | undefined;
}

/** Tells groups whose rule file is left out for now: their alerts are kept as they are. */
type IsAside = (groupKey: string) => boolean;

/** No rule file is left out. */
const NONE_ASIDE: IsAside = () => false;

/** A rule and the group that it stands in. */
interface RulePlace {
  readonly group: RuleGroup;
  readonly state: RuleState;
}

/** Names one rule of one group in retention needs and arrivals. */
export function ruleId(groupKey: string, ruleKey: string): string {
  return textKey([groupKey, ruleKey]);
}

/**
 * Runs the rule groups: evaluates, stores what they write, and commits every transition together
 * with its history and its notifications.
 */
export class RuleRunner {
  readonly counters: EvaluationCounters = {
    evaluations: 0,
    ruleErrors: 0,
    transitions: 0,
    secondsTotal: 0,
  };
  readonly #options: RuleRunnerOptions;
  readonly #alerts: AlertTable;
  readonly #history: HistoryTable;
  readonly #gate: ArrivalGate;
  #groups: readonly RuleGroup[] = [];
  #placeById: ReadonlyMap<string, RulePlace> = new Map();
  #removals: readonly PendingRemoval[] = [];
  readonly #hold: AlertHold;
  #uncommitted: readonly AlertChange[] = [];

  constructor(options: RuleRunnerOptions) {
    this.#options = options;
    this.#alerts = new AlertTable(options.database);
    this.#history = new HistoryTable(options.database);
    this.#hold = new AlertHold(options.lookbackMs, options.holdMsMax);
    this.#gate = new ArrivalGate(options.store, options.lookbackMs);
  }

  get groups(): readonly RuleGroup[] {
    return this.#groups;
  }

  /** Loads the rules of the first configuration and puts the saved alerts back into them. */
  restore(definitions: readonly GroupDefinition[], isAside: IsAside = NONE_ASIDE): void {
    this.#setGroups(definitions.map((definition) => new RuleGroup(definition)));
    const rows = this.#alerts.load();
    const changes = restoreAlerts(this.#groups, rows, {
      nowMs: this.#options.clock.nowMs(),
      isAside,
    });
    giveSeriesBack(this.#groups, this.#options.store);
    this.#commit(this.#groups, changes);
    this.#keepGroups(isAside);
  }

  /** Puts a new configuration in place; unchanged groups go on undisturbed. */
  reload(definitions: readonly GroupDefinition[], isAside: IsAside = NONE_ASIDE): void {
    const nowMs = this.#options.clock.nowMs();
    const { groups, removals, changes } = reloadGroups(this.#groups, definitions, nowMs);
    this.#setGroups(groups);
    this.#removals = [...this.#removals, ...removals];
    this.#commit(this.#groups, changes);
    this.#keepGroups(isAside);
  }

  /** Rows of groups that are gone do no harm until this can be written. */
  #keepGroups(isAside: IsAside): void {
    try {
      this.#options.database.transaction('full', () =>
        this.#alerts.keepGroups(this.#groups, isAside),
      );
    } catch (error) {
      this.#options.onStorage(error);
    }
  }

  #setGroups(groups: readonly RuleGroup[]): void {
    this.#groups = groups;
    this.#placeById = new Map(
      groups.flatMap((group) =>
        group.rules.map((state) => [ruleId(group.key, state.key), { group, state }] as const),
      ),
    );
  }

  /** Data arrived; restored alerts cannot resolve before it is known how far it reaches back. */
  noteData(arrivalMs: number, coveredSinceMs: number): void {
    this.#hold.noteData(arrivalMs, coveredSinceMs);
  }

  /** The senders that were known before the start export this often; `undefined`: none was known. */
  expectSenders(intervalMs: number | undefined): void {
    this.#hold.expectSenders(intervalMs, this.#options.clock.nowMs());
  }

  /** Evaluates a whole group at its slot. @param isPast whether a later slot is due already. */
  evaluateSlot(groupKey: string, slotMs: number, isPast = false): void {
    const group = this.#groups.find(({ key }) => key === groupKey);
    if (group !== undefined) {
      const isDue = dueAtSlot(group, slotMs, isPast);
      this.#evaluate(group, { timeMs: slotMs, isSlot: true, isDue });
    }
    this.#endRemovedSeries();
  }

  /**
   * Evaluates alerting rules whose series just got samples, in between the slots, as far as the
   * samples make a whole. @returns which rules were evaluated.
   */
  evaluateArrival(rules: ReadonlySet<string>, nowMs: number): ReadonlySet<string> {
    const evaluated = new Set<string>();
    const dueByGroup = new Map<RuleGroup, Map<number, Set<Rule>>>();
    for (const id of rules) {
      const place = this.#placeById.get(id);
      const timeMs = place && this.#gate.timeOf(place.state, nowMs);
      if (place === undefined || timeMs === undefined) continue;
      evaluated.add(id);
      const dueByTime = dueByGroup.get(place.group) ?? new Map<number, Set<Rule>>();
      const due = dueByTime.get(timeMs) ?? new Set<Rule>();
      dueByGroup.set(place.group, dueByTime.set(timeMs, due.add(place.state.rule)));
    }
    for (const [group, dueByTime] of dueByGroup) {
      for (const [timeMs, due] of [...dueByTime].toSorted(([a], [b]) => a - b)) {
        this.#evaluate(group, { timeMs, isSlot: false, isDue: (rule) => due.has(rule) });
      }
    }
    return evaluated;
  }

  /** What receivers may be told of now. */
  snapshot(changes: readonly AlertChange[] = []): AlertSnapshot {
    const nowMs = this.#options.clock.nowMs();
    const alerts = notifiedAlerts(this.#groups, changes, (expr) => this.#graphUrl(expr));
    const all = [...alerts, ...this.#options.selfAlerts.list(nowMs)];
    return { alerts: all.map((alert) => this.#labelled(alert)), nowMs };
  }

  /** Raises an alert about the service itself; once until it is cleared. */
  raise(name: SelfAlertName, subject: string, summary: string): void {
    const { selfAlerts, clock } = this.#options;
    this.#tell(selfAlerts.raise(name, { subject, summary }, clock.nowMs()));
  }

  clear(name: SelfAlertName, subject: string): void {
    const { selfAlerts, clock } = this.#options;
    this.#tell(selfAlerts.clear(name, subject, clock.nowMs()));
  }

  #tell(alert: NotifiedAlert | undefined): void {
    if (alert === undefined) return;
    this.#options.notifier.onChange(this.snapshot(), [this.#labelled(alert)]);
    this.#options.onCommitted();
  }

  #evaluate(group: RuleGroup, { timeMs, isSlot, isDue }: Occasion): void {
    const { store, clock, monotonicMs } = this.#options;
    const startMs = monotonicMs();
    this.#options.checkClock();
    const nowMs = clock.nowMs();
    store.advanceTo(nowMs);
    this.#options.ruleQueries.begin();
    const hold = this.#hold.at(nowMs);
    const { changes, errors } = group.evaluate(timeMs, this.#environment(isDue), hold);
    for (const state of group.rules) {
      if (isDue?.(state.rule) !== false) this.#gate.noteEvaluated(state, isSlot);
    }
    // What rules write starts no evaluation: rules that read each other would run without end.
    store.retention.takeTouchedGroups();
    this.counters.evaluations += 1;
    this.counters.ruleErrors += errors.length;
    for (const { rule, error } of errors) {
      this.#options.log.warn({ group: group.key, rule, error }, 'Cannot evaluate a rule');
    }
    if (changes.length > 0 || isSlot) this.#commit([group], changes);
    else if (group.alerts().some(({ status }) => status === 'pending')) this.#saveTime(group);
    this.counters.secondsTotal += (monotonicMs() - startMs) / 1000;
  }

  #environment(isDue: ((rule: Rule) => boolean) | undefined): RuleEnvironment {
    const { store, ruleQueries, externalLabels, externalUrl, monotonicMs, lookbackMs } =
      this.#options;
    return {
      ...ruleQueries.queries,
      externalLabels,
      externalUrl,
      monotonicMs,
      append: (samples) => {
        storeRuleSamples(store, samples, lookbackMs);
        this.#options.onRecorded(samples);
      },
      ...(isDue === undefined ? {} : { isDue }),
    };
  }

  /** Time alone changes no alert: when the clock was set, all of them wait for fresh data. */
  followClock(jumpMs: number): void {
    const nowMs = this.#options.clock.nowMs();
    if (jumpMs < 0) this.#options.store.dropFuture(nowMs);
    for (const group of this.#groups) group.shiftTimes(jumpMs, nowMs);
    this.#hold.restart(nowMs);
  }

  /**
   * One transaction: a crash leaves either all of it or nothing. What a full disk refuses waits
   * for the next commit.
   */
  #commit(groups: readonly RuleGroup[], changes: readonly AlertChange[]): void {
    const { database, notifier, log } = this.#options;
    const pending = [...this.#uncommitted, ...changes];
    const changed = notifiedChanges(pending).map((alert) => this.#labelled(alert));
    this.counters.transitions += changes.length;
    if (changes.length > 0) this.#options.onTransitions(changes);
    try {
      database.transaction(pending.length > 0 ? 'full' : 'normal', () => {
        for (const group of groups) this.#alerts.save(group);
        for (const change of pending) this.#record(change);
        if (changed.length > 0) notifier.onChange(this.snapshot(pending), changed);
      });
    } catch (error) {
      this.#uncommitted = pending.slice(-UNCOMMITTED_MAX);
      this.#alerts.forgetStored();
      log.error({ error: String(error) }, 'Cannot save alert states');
      this.#options.onStorage(error);
      // What was undone with the transaction is still known to the notifier, which sends from memory.
      if (changed.length > 0) notifier.onChange(this.snapshot(pending), changed);
      this.#options.onCommitted();
      return;
    }
    if (this.#uncommitted.length > 0) this.#options.onStorage(undefined);
    this.#uncommitted = [];
    if (changed.length > 0) this.#options.onCommitted();
  }

  /** Between slots only the time is saved, so that a crash costs a pending alert next to nothing. */
  #saveTime(group: RuleGroup): void {
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

  #endRemovedSeries(): void {
    if (this.#removals.length === 0) return;
    const nowMs = this.#options.clock.nowMs();
    const due = this.#removals.filter(({ dueMs }) => nowMs >= dueMs);
    for (const removal of due) {
      storeRuleSamples(this.#options.store, removalSamples(removal, nowMs), 0);
    }
    this.#removals = this.#removals.filter(({ dueMs }) => nowMs < dueMs);
  }

  /** Messages have the external labels too, except where the alert has its own. */
  #labelled(alert: NotifiedAlert): NotifiedAlert {
    const { externalLabels } = this.#options;
    if (Object.keys(externalLabels).length === 0) return alert;
    const labels = Object.entries({ ...externalLabels, ...alert.labels });
    return {
      ...alert,
      labels: Object.fromEntries(labels.toSorted(([a], [b]) => (a < b ? -1 : 1))),
    };
  }

  #graphUrl(expr: string): string {
    return `${this.#options.externalUrl}/graph?g0.expr=${escapeQuery(expr)}&g0.tab=1`;
  }
}

/**
 * A tick that comes late must not evaluate a rule at its slot when samples woke it after the slot:
 * it would see the past and undo what was just decided. A clock that was set back is another case.
 */
function dueAtSlot(
  group: RuleGroup,
  slotMs: number,
  isPast: boolean,
): ((rule: Rule) => boolean) | undefined {
  const { intervalMs } = group.definition;
  const later = group.rules.filter(({ evaluations: [last] }) => {
    const aheadMs = last === undefined ? 0 : last.timeMs - slotMs;
    return aheadMs > 0 && (isPast || aheadMs < intervalMs);
  });
  if (later.length === 0) return undefined;
  const done = new Set(later.map(({ rule }) => rule));
  return (rule) => !done.has(rule);
}

const KIND_OF_STATUS = {
  pending: 'alert.pending',
  firing: 'alert.firing',
  inactive: 'alert.resolved',
} as const satisfies Record<string, HistoryKind>;
