import type { StreamKey } from '@telltale/statistics';

import type { StoredBaseline } from '../../exchange/baselines.ts';
import type { Database, Row } from './database.ts';

export type NewBaseline = Omit<StoredBaseline, 'isCurrent'> & { readonly document: string };

/** Uploads of all streams: every client that may export may upload. */
const UPLOADS_MAX = 10_000;

const KEY =
  'model = ? AND version = ? AND stream = ? AND direction = ? AND segment = ? AND season = ?';
const COLUMNS = `b.id, b.model, b.version, b.stream, b.direction, b.segment, b.season, b.kind, b.source,
  b.quality, b.size, b.created_ms, b.stored_ms, b.actor, c.id AS current_id`;
const JOINED = `drift_baselines b LEFT JOIN drift_current c ON c.id = b.id AND c.model = b.model
  AND c.version = b.version AND c.stream = b.stream AND c.direction = b.direction
  AND c.segment = b.segment AND c.season = b.season`;

const keyValues = ({
  model,
  version,
  name,
  direction,
  segment = '',
  season = '',
}: StreamKey): string[] => [model, version, name, direction, segment, season];

/** Baselines by id, which of them is in force for a stream, and what instances uploaded. */
export class BaselineTable {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Keeps a baseline and makes it the current one of its stream. One that is known stays as it is. */
  put(baseline: NewBaseline): void {
    const { id, key, kind, source, quality, size, createdMs, storedMs, actor } = baseline;
    this.#database.transaction('full', () => {
      this.#database.run(
        `INSERT INTO drift_baselines (id, model, version, stream, direction, segment, season, kind, source,
          quality, size, created_ms, stored_ms, actor, document)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
        id,
        ...keyValues(key),
        kind,
        source,
        quality,
        size,
        createdMs,
        storedMs,
        actor,
        baseline.document,
      );
      this.#database.run(
        `INSERT INTO drift_current (model, version, stream, direction, segment, season, id)
          VALUES (?, ?, ?, ?, ?, ?, ?)
          ON CONFLICT (model, version, stream, direction, segment, season) DO UPDATE SET id = excluded.id`,
        ...keyValues(key),
        id,
      );
    });
  }

  /** The file of the current baseline. */
  current(key: StreamKey): { readonly id: string; readonly document: string } | undefined {
    const row = this.#database.get(
      `SELECT b.id, b.document FROM drift_current c JOIN drift_baselines b ON b.id = c.id
        AND b.model = c.model AND b.version = c.version AND b.stream = c.stream
        AND b.direction = c.direction AND b.segment = c.segment AND b.season = c.season
        WHERE c.${KEY.replaceAll(' AND ', ' AND c.')}`,
      ...keyValues(key),
    );
    return row && { id: String(row['id']), document: String(row['document']) };
  }

  /** The file of a baseline by the first digits of its id. */
  byPrefix(prefix: string): string | undefined {
    if (!/^[0-9a-f]{8,64}$/u.test(prefix)) return undefined;
    const row = this.#database.get(
      'SELECT document FROM drift_baselines WHERE id >= ? AND id < ? LIMIT 1',
      prefix,
      `${prefix}g`,
    );
    return row && String(row['document']);
  }

  /** Everything kept, newest first, without the files. */
  list(limit: number): StoredBaseline[] {
    return this.#database
      .all(`SELECT ${COLUMNS} FROM ${JOINED} ORDER BY b.stored_ms DESC, b.id LIMIT ?`, limit)
      .map(storedOfRow);
  }

  /** @returns `false` when the stream, or all of them, have as many uploads as they may */
  upload(
    key: StreamKey,
    { instance, document }: { readonly instance: string; readonly document: string },
    limits: { readonly nowMs: number; readonly uploadsMax: number },
  ): boolean {
    return this.#database.transaction('normal', () => {
      const known = this.#database.all(
        `SELECT instance FROM drift_samples WHERE ${KEY}`,
        ...keyValues(key),
      );
      const isKnown = known.some((row) => row['instance'] === instance);
      if (!isKnown && known.length >= limits.uploadsMax) return false;
      const all = this.#database.get('SELECT count(*) AS uploads FROM drift_samples');
      if (!isKnown && Number(all?.['uploads']) >= UPLOADS_MAX) return false;
      this.#database.run(
        `INSERT INTO drift_samples (model, version, stream, direction, segment, season, instance,
          document, stored_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
          ON CONFLICT (model, version, stream, direction, segment, season, instance)
          DO UPDATE SET document = excluded.document, stored_ms = excluded.stored_ms`,
        ...keyValues(key),
        instance,
        document,
        limits.nowMs,
      );
      return true;
    });
  }

  /** The files that instances uploaded for a stream, in the order of their names. */
  uploads(key: StreamKey): string[] {
    return this.#database
      .all(`SELECT document FROM drift_samples WHERE ${KEY} ORDER BY instance`, ...keyValues(key))
      .map((row) => String(row['document']));
  }

  /** How many instances uploaded samples, and when the last one did. */
  uploadState(key: StreamKey): { readonly uploads: number; readonly lastMs: number } {
    const row = this.#database.get(
      `SELECT count(*) AS uploads, max(stored_ms) AS last_ms FROM drift_samples WHERE ${KEY}`,
      ...keyValues(key),
    );
    return { uploads: Number(row?.['uploads'] ?? 0), lastMs: Number(row?.['last_ms'] ?? 0) };
  }

  /** Deletes what is older, the current baselines apart, and all but the newest of each stream. */
  trim(beforeMs: number, versionsMax: number): number {
    const isCurrent = `EXISTS (SELECT 1 FROM drift_current c WHERE c.id = drift_baselines.id
      AND c.model = drift_baselines.model AND c.version = drift_baselines.version
      AND c.stream = drift_baselines.stream AND c.direction = drift_baselines.direction
      AND c.segment = drift_baselines.segment AND c.season = drift_baselines.season)`;
    const newer = `(SELECT count(*) FROM drift_baselines n WHERE n.model = drift_baselines.model
      AND n.version = drift_baselines.version AND n.stream = drift_baselines.stream
      AND n.direction = drift_baselines.direction AND n.segment = drift_baselines.segment
      AND n.season = drift_baselines.season
      AND (n.stored_ms > drift_baselines.stored_ms
        OR (n.stored_ms = drift_baselines.stored_ms AND n.id > drift_baselines.id)))`;
    return this.#database.transaction('normal', () => {
      this.#database.run('DELETE FROM drift_samples WHERE stored_ms < ?', beforeMs);
      return this.#database.run(
        `DELETE FROM drift_baselines WHERE NOT ${isCurrent} AND (stored_ms < ? OR ${newer} >= ?)`,
        beforeMs,
        versionsMax,
      );
    });
  }
}

function storedOfRow(row: Row): StoredBaseline {
  const text = (column: string): string => String(row[column] ?? '');
  const segment = text('segment');
  const season = text('season');
  return {
    id: text('id'),
    key: {
      model: text('model'),
      version: text('version'),
      name: text('stream'),
      direction: text('direction') === 'input' ? 'input' : 'output',
      ...(segment === '' ? {} : { segment }),
      ...(season === '' ? {} : { season }),
    },
    kind: text('kind'),
    source: text('source'),
    quality: text('quality'),
    size: Number(row['size']),
    createdMs: Number(row['created_ms']),
    storedMs: Number(row['stored_ms']),
    actor: text('actor'),
    isCurrent: row['current_id'] !== null,
  };
}
