import type { SeriesStore } from '../../../storage/series-store.ts';
import type { Database } from '../../sqlite/database.ts';
import { NotifierStateTable } from '../../sqlite/notifier-state.ts';

interface Rhythm {
  /** The longest time between two exports of a sender, milliseconds. */
  readonly intervalMs: number;
}

const KEY = 'slowest';

/** Beyond this a sender is no exporter but a job that runs now and then. */
const INTERVAL_MS_MAX = 10 * 60_000;

/** How often senders export, as the next start will want to know. */
export class SenderRhythm {
  readonly #database: Database;
  readonly #table: NotifierStateTable<Rhythm>;
  readonly #store: SeriesStore;
  #storedMs = -1;

  constructor(database: Database, store: SeriesStore) {
    this.#database = database;
    this.#table = new NotifierStateTable(database, 'sender rhythm');
    this.#store = store;
  }

  /** `undefined` when no sender was ever known. */
  load(): number | undefined {
    return this.#table.all()[0]?.intervalMs;
  }

  /** @throws when the database cannot be written; the next call tries again. */
  save(): void {
    const intervals = [...this.#store.resources].map(({ intervalMs }) => intervalMs);
    if (intervals.length === 0) return;
    const intervalMs = Math.round(Math.min(INTERVAL_MS_MAX, Math.max(...intervals)));
    if (intervalMs === this.#storedMs) return;
    // Unknown so far, of senders that exported once: they have the default.
    const rhythm = { intervalMs: intervalMs === 0 ? 60_000 : intervalMs };
    this.#database.transaction('normal', () => this.#table.put(KEY, rhythm));
    this.#storedMs = intervalMs;
  }
}
