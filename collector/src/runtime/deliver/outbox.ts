import { textKey } from '@telltale/core';

import { mergeNotifications } from '../../notify/stages/merge.ts';
import type { Notification } from '../../notify/stages/notification.ts';
import type { Database } from '../sqlite/database.ts';
import { type OutboxRow, OutboxTable, type SettledState } from '../sqlite/outbox.ts';

/** No message waits longer than this over a restart: the longest pause that is obeyed. */
const WAIT_MS_MAX = 3_600_000;

/**
 * Messages that are not settled. They live in memory and are stored with what caused them, so that
 * a full disk costs their safety, not their delivery.
 *
 * Messages about one alert group to one channel form a chain: only its first one may be sent, and
 * a newer one is folded into the last that still waits.
 */
export class Outbox {
  /** Messages that were in the network when the former run crashed; they are sent again. */
  readonly interrupted: Set<number> = new Set();
  readonly #database: Database;
  readonly #table: OutboxTable;
  readonly #rows: Map<number, OutboxRow> = new Map();
  readonly #chains: Map<string, number[]> = new Map();
  readonly #unsaved: Set<number> = new Set();
  readonly #unsavedEnds: Map<number, { readonly state: SettledState; readonly error?: string }> =
    new Map();
  #lastId = 0;

  constructor(database: Database) {
    this.#database = database;
    this.#table = new OutboxTable(database);
  }

  /** Takes over what a former run left. */
  load(nowMs: number): void {
    this.#lastId = this.#table.lastId();
    for (const row of this.#table.load()) {
      const isInterrupted = row.state === 'sending';
      if (isInterrupted) this.interrupted.add(row.id);
      // The clock may have been set back while the service was down.
      const nextMs = isInterrupted ? nowMs : Math.min(row.nextMs, nowMs + WAIT_MS_MAX);
      this.#append({ ...row, state: 'pending', nextMs });
    }
  }

  get waitingCount(): number {
    return this.#rows.size;
  }

  get(id: number): OutboxRow | undefined {
    return this.#rows.get(id);
  }

  /** Messages that are not settled, by `textKey` of receiver and integration. */
  countByChannel(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { notification } of this.#rows.values()) {
      const key = textKey([notification.receiver, notification.integration ?? '']);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return counts;
  }

  /** The first message of every chain, which is the one that may be sent. */
  heads(): OutboxRow[] {
    return [...this.#chains.values()].flatMap(([id]) => this.#rows.get(id ?? 0) ?? []);
  }

  /**
   * Adds a message, or folds it into one that waits.
   *
   * @returns the new row when it is the first of its chain.
   */
  add(notification: Notification, nowMs: number): OutboxRow | undefined {
    const chain = this.#chains.get(chainKey(notification)) ?? [];
    const last = this.#rows.get(chain.at(-1) ?? 0);
    if (last?.state === 'pending' && canMerge(last.notification, notification)) {
      this.#set({ ...last, notification: mergeNotifications(last.notification, notification) });
      return undefined;
    }
    this.#lastId += 1;
    const row: OutboxRow = {
      id: this.#lastId,
      notification,
      state: 'pending',
      attempts: 0,
      createdMs: nowMs,
      nextMs: nowMs,
    };
    this.#append(row);
    this.#unsaved.add(row.id);
    return chain.length === 0 ? row : undefined;
  }

  /** Notes the attempt, so that a crash from here on means to send again. */
  markSending(row: OutboxRow): void {
    this.#rows.set(row.id, { ...row, state: 'sending', attempts: row.attempts + 1 });
    // A row that is not stored yet is stored as sending when its turn comes.
    if (!this.#unsaved.has(row.id)) {
      this.#database.transaction('normal', () => this.#table.markSending(row.id));
    }
  }

  markRetry(id: number, nextMs: number): void {
    const row = this.#rows.get(id);
    if (row !== undefined) this.#set({ ...row, state: 'pending', nextMs });
  }

  /** Ends a message; returns the next one of its chain, which may be sent now. */
  settle(id: number, state: SettledState, error?: string): OutboxRow | undefined {
    const row = this.#rows.get(id);
    if (row === undefined) return undefined;
    this.#rows.delete(id);
    this.#unsavedEnds.set(id, { state, ...(error === undefined ? {} : { error }) });
    const key = chainKey(row.notification);
    const chain = (this.#chains.get(key) ?? []).filter((each) => each !== id);
    if (chain.length === 0) this.#chains.delete(key);
    else this.#chains.set(key, chain);
    return this.#rows.get(chain[0] ?? 0);
  }

  get hasUnsaved(): boolean {
    return this.#unsaved.size + this.#unsavedEnds.size > 0;
  }

  /** Stores what changed. Belongs to the caller's transaction. */
  save(): void {
    const rows = [...this.#unsaved];
    const ends = [...this.#unsavedEnds];
    this.#unsaved.clear();
    this.#unsavedEnds.clear();
    this.#database.whenUndone(() => {
      for (const id of rows) this.#unsaved.add(id);
      for (const [id, end] of ends) this.#unsavedEnds.set(id, end);
    });
    for (const id of rows) {
      const row = this.#rows.get(id);
      if (row !== undefined) this.#table.put(row);
    }
    for (const [id, { state, error }] of ends) this.#table.settle(id, state, error);
  }

  #append(row: OutboxRow): void {
    this.#rows.set(row.id, row);
    const key = chainKey(row.notification);
    const chain = this.#chains.get(key);
    if (chain === undefined) this.#chains.set(key, [row.id]);
    else chain.push(row.id);
  }

  #set(row: OutboxRow): void {
    this.#rows.set(row.id, row);
    this.#unsaved.add(row.id);
  }
}

function chainKey({ groupKey, receiver, integration = '' }: Notification): string {
  return textKey([groupKey, receiver, integration]);
}

/** An escalation and a test stand for themselves. */
function canMerge(waiting: Notification, newer: Notification): boolean {
  const isPlain = ({ reason }: Notification): boolean =>
    reason !== 'escalation' && reason !== 'test' && reason !== 'acknowledged';
  return isPlain(waiting) && isPlain(newer);
}
