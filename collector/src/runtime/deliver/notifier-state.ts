import { textKey } from '@telltale/core';

import type { HistoryEvent } from '../../exchange/history.ts';
import { AlertBook } from '../../notify/stages/alerts/alert-book.ts';
import { type AlertRecord, isRecordFiring } from '../../notify/stages/alerts/alert-record.ts';
import type { NotificationLogEntry } from '../../notify/stages/dedup.ts';
import type { Escalation } from '../../notify/stages/escalation/escalation.ts';
import { Inhibitor, type InhibitRule } from '../../notify/stages/muting/inhibit.ts';
import type { Silence } from '../../notify/stages/muting/silence.ts';
import { SilenceBook } from '../../notify/stages/muting/silence-book.ts';
import { AlertGroups, type SavedGroup } from '../../notify/stages/routing/alert-groups.ts';
import type { Route } from '../../notify/stages/routing/route.ts';
import type { Database } from '../sqlite/database.ts';
import { HistoryTable } from '../sqlite/history.ts';
import { NotifierStateTable } from '../sqlite/notifier-state.ts';
import type { Outbox } from './outbox.ts';

/** Who was told what, with its place. */
export interface LogPlace {
  readonly groupKey: string;
  readonly receiver: string;
  readonly integration: string;
}

interface StoredEntry extends LogPlace {
  readonly entry: NotificationLogEntry;
}

/** History that a database which cannot be written has not taken yet; the oldest goes first. */
const EVENTS_MAX = 10_000;

/**
 * Everything that the notifier knows, in memory, and stored with what caused it. While the database
 * cannot be written, it goes on in memory and is stored later.
 */
export class NotifierState {
  readonly alerts: AlertBook = new AlertBook();
  readonly silences: SilenceBook = new SilenceBook();
  readonly groups: AlertGroups;
  readonly outbox: Outbox;
  inhibitor: Inhibitor = new Inhibitor([]);
  readonly #database: Database;
  readonly #history: HistoryTable;
  readonly #log: Map<string, StoredEntry> = new Map();
  readonly #escalations: Map<string, Escalation> = new Map();
  readonly #dirty = {
    log: new Set<string>(),
    silences: new Set<string>(),
    escalations: new Set<string>(),
  };
  #events: HistoryEvent[] = [];
  readonly #tables: {
    readonly alerts: NotifierStateTable<AlertRecord>;
    readonly groups: NotifierStateTable<SavedGroup>;
    readonly log: NotifierStateTable<StoredEntry>;
    readonly formerLog: NotifierStateTable<StoredEntry>;
    readonly silences: NotifierStateTable<Silence>;
    readonly escalations: NotifierStateTable<Escalation>;
  };

  constructor(database: Database, outbox: Outbox, root: Route) {
    this.#database = database;
    this.#history = new HistoryTable(database);
    this.outbox = outbox;
    this.groups = new AlertGroups(root);
    this.#tables = {
      alerts: new NotifierStateTable(database, 'alert'),
      groups: new NotifierStateTable(database, 'group'),
      log: new NotifierStateTable(database, 'log entry'),
      formerLog: new NotifierStateTable(database, 'former log entry'),
      silences: new NotifierStateTable(database, 'silence'),
      escalations: new NotifierStateTable(database, 'escalation'),
    };
  }

  /** Reads what a former run left. */
  load(rules: readonly InhibitRule[], nowMs: number): void {
    const tables = this.#tables;
    this.outbox.load(nowMs);
    this.groups.load(tables.groups.all());
    this.silences.load(tables.silences.all());
    for (const stored of [...tables.formerLog.all(), ...tables.log.all()]) {
      this.#log.set(logKey(stored), stored);
    }
    for (const escalation of tables.escalations.all()) {
      this.#escalations.set(escalation.groupId, escalation);
    }
    this.alerts.load(tables.alerts.all());
    this.setInhibitRules(rules);
    for (const record of this.alerts.values()) {
      // An alert that is over and was told is remembered for pages, and told no more.
      const isOpen = isRecordFiring(record, nowMs) || this.groups.isSavedMember(record.alert);
      if (isOpen) this.groups.put(record.alert, nowMs);
    }
  }

  setInhibitRules(rules: readonly InhibitRule[]): void {
    this.inhibitor = new Inhibitor(rules);
    for (const record of this.alerts.values()) this.noteInhibition(record);
  }

  noteInhibition({ alert, endsAtMs }: AlertRecord): void {
    this.inhibitor.note({ ...alert, endsAtMs });
  }

  /** What a channel was last told; of a former version, whichever channel it had. */
  entry(place: LogPlace): NotificationLogEntry | undefined {
    const stored =
      this.#log.get(logKey(place)) ?? this.#log.get(logKey({ ...place, integration: '' }));
    return stored?.entry;
  }

  setEntry(place: LogPlace, entry: NotificationLogEntry): void {
    const key = logKey(place);
    this.#log.set(key, { ...place, entry });
    this.#dirty.log.add(key);
    if (!this.#log.delete(logKey({ ...place, integration: '' }))) return;
    this.#tables.formerLog.clear();
  }

  /** Forgets entries that `isOld` names; returns how many. */
  deleteEntries(isOld: (entry: NotificationLogEntry) => boolean): void {
    for (const [key, { entry }] of this.#log) {
      if (!isOld(entry)) continue;
      this.#log.delete(key);
      this.#dirty.log.add(key);
    }
  }

  escalation(groupId: string): Escalation | undefined {
    return this.#escalations.get(groupId);
  }

  escalations(): IterableIterator<Escalation> {
    return this.#escalations.values();
  }

  setEscalation(groupId: string, escalation: Escalation | undefined): void {
    if (escalation === undefined) this.#escalations.delete(groupId);
    else this.#escalations.set(groupId, escalation);
    this.#dirty.escalations.add(groupId);
  }

  /** Marks silences as changed, so that they are stored, or deleted when they are gone. */
  touchSilences(ids: Iterable<string>): void {
    for (const id of ids) this.#dirty.silences.add(id);
  }

  /** Remembers something for the history, which is written with the rest. */
  note(event: HistoryEvent): void {
    this.#events.push(event);
    if (this.#events.length > EVENTS_MAX) this.#events.shift();
  }

  /**
   * Stores everything that changed since the last call, in one transaction or in the caller's.
   *
   * @throws when the database cannot be written; nothing is lost then, the next call tries again.
   */
  save(): void {
    const dirty = {
      alerts: this.alerts.takeDirty(),
      groups: this.groups.takeDirty(),
      log: drain(this.#dirty.log),
      silences: drain(this.#dirty.silences),
      escalations: drain(this.#dirty.escalations),
      events: this.#events.splice(0),
    };
    const count = Object.values(dirty).reduce((sum, each) => sum + each.length, 0);
    if (count === 0 && !this.outbox.hasUnsaved) return;
    const restore = (): void => {
      this.alerts.markDirty(dirty.alerts);
      this.groups.markDirty(dirty.groups);
      for (const kind of ['log', 'silences', 'escalations'] as const) {
        for (const key of dirty[kind]) this.#dirty[kind].add(key);
      }
      this.#events = [...dirty.events, ...this.#events].slice(-EVENTS_MAX);
    };
    this.#database.transaction('full', () => {
      this.#database.whenUndone(restore);
      this.#write(dirty);
      this.outbox.save();
    });
  }

  #write(dirty: {
    readonly alerts: readonly string[];
    readonly groups: readonly string[];
    readonly log: readonly string[];
    readonly silences: readonly string[];
    readonly escalations: readonly string[];
    readonly events: readonly HistoryEvent[];
  }): void {
    const tables = this.#tables;
    for (const key of dirty.alerts) tables.alerts.put(key, this.alerts.get(key));
    for (const key of dirty.groups) tables.groups.put(key, savedGroup(this.groups, key));
    for (const key of dirty.log) tables.log.put(key, this.#log.get(key));
    for (const key of dirty.silences) tables.silences.put(key, this.silences.get(key));
    for (const key of dirty.escalations) tables.escalations.put(key, this.#escalations.get(key));
    for (const event of dirty.events) this.#history.add(event);
  }
}

function savedGroup(groups: AlertGroups, id: string): SavedGroup | undefined {
  const group = groups.get(id);
  if (group === undefined) return undefined;
  const { nextFlushMs, hasFlushed, members } = group;
  return { id, nextFlushMs, hasFlushed, members: [...members] };
}

function logKey({ groupKey, receiver, integration }: LogPlace): string {
  return textKey([groupKey, receiver, integration]);
}

function drain(set: Set<string>): readonly string[] {
  const values = [...set];
  set.clear();
  return values;
}
