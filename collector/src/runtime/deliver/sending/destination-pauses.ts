import { createHash } from 'node:crypto';

import type { Database } from '../../sqlite/database.ts';
import { NotifierStateTable } from '../../sqlite/notifier-state.ts';

/** A pause that a destination asked for, as a restart finds it. */
interface KeptPause {
  /** The hash of the destination, for its URL may be a secret. */
  readonly id: string;
  readonly untilMs: number;
  /** The longest pause that it asked for lately. */
  readonly longestMs?: number;
}

/** A destination that asked for no pause for this long is forgotten. */
const KEPT_MS = 86_400_000;

/**
 * Pauses that destinations asked for (`Retry-After`), kept in the database: a killed service must
 * not send before their end.
 *
 * An answer that a crash cut off may have asked for a pause too, and nothing tells. So a destination
 * that asked for one lately gets the longest of them again when a message to it was interrupted.
 */
export class DestinationPauses {
  readonly #table: NotifierStateTable<KeptPause>;
  readonly #pauses: Map<string, KeptPause> = new Map();

  constructor(database: Database) {
    this.#table = new NotifierStateTable(database, 'paused destination');
  }

  /** Takes over what a former run left, and deletes what is old. */
  load(nowMs: number): void {
    for (const pause of this.#table.all()) {
      const { id, untilMs, longestMs = 0 } = pause;
      if (untilMs < nowMs - KEPT_MS) {
        this.#table.put(id, undefined);
        continue;
      }
      // The clock may have been set back while the service was down.
      const untilMsMax = nowMs + longestMs;
      const isKnown = pause.longestMs !== undefined;
      this.#pauses.set(id, isKnown ? { ...pause, untilMs: Math.min(untilMs, untilMsMax) } : pause);
    }
  }

  /**
   * Until when nothing may be sent there; 0 when it may.
   *
   * @param isInterrupted whether a crash cut off an answer of it.
   */
  untilMs(destination: string, { isInterrupted, nowMs }: PauseQuery): number {
    const pause = this.#pauses.get(idOf(destination));
    if (pause === undefined) return 0;
    return isInterrupted ? Math.max(pause.untilMs, nowMs + (pause.longestMs ?? 0)) : pause.untilMs;
  }

  /** Keeps a pause. Belongs to the caller's transaction, before anything else is sent. */
  keep(destination: string, pauseMs: number, nowMs: number): void {
    const id = idOf(destination);
    const before = this.#pauses.get(id);
    const isLate = before === undefined || before.untilMs < nowMs - KEPT_MS;
    const pause = {
      id,
      untilMs: Math.max(nowMs + pauseMs, isLate ? 0 : before.untilMs),
      longestMs: Math.max(pauseMs, isLate ? 0 : (before.longestMs ?? 0)),
    };
    this.#pauses.set(id, pause);
    this.#table.put(id, pause);
  }

  /** The clock was set: pauses keep their length. Belongs to the caller's transaction. */
  shift(byMs: number): void {
    for (const [id, pause] of this.#pauses) {
      const shifted = { ...pause, untilMs: pause.untilMs + byMs };
      this.#pauses.set(id, shifted);
      this.#table.put(id, shifted);
    }
  }
}

interface PauseQuery {
  readonly isInterrupted: boolean;
  readonly nowMs: number;
}

function idOf(destination: string): string {
  return createHash('sha256').update(destination, 'utf8').digest('hex');
}
