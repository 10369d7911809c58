import type { AlertStatistics, Spread } from '../../exchange/alert-status.ts';
import type { Database, Row } from '../sqlite/database.ts';

/** Events that are looked at; beyond this many the oldest are left out. */
const EVENTS_MAX = 100_000;

const FLAPPING_MAX = 10;

/** Figures of the history between `nowMs - windowMs` and `nowMs`. */
export function alertStatistics(
  database: Database,
  { windowMs, nowMs }: { readonly windowMs: number; readonly nowMs: number },
): AlertStatistics {
  const fromMs = nowMs - windowMs;
  const rows = database.all(
    `SELECT * FROM (SELECT id, ts_ms, kind, fingerprint, alertname, severity FROM history
       WHERE ts_ms >= ? AND kind IN ('alert.firing', 'alert.resolved', 'alert.acked', 'alert.latched')
       ORDER BY id DESC LIMIT ?) ORDER BY id`,
    fromMs,
    EVENTS_MAX,
  );
  const episodes = readEpisodes(rows);
  return {
    windowMs,
    fired: countKind(rows, 'alert.firing'),
    resolved: countKind(rows, 'alert.resolved'),
    acknowledged: countKind(rows, 'alert.acked'),
    bySeverity: countBy(rows, 'severity'),
    byAlertname: countBy(rows, 'alertname'),
    timeToAcknowledge: spreadOf(episodes.acknowledgedMs),
    timeToResolve: spreadOf(episodes.resolvedMs),
    receivers: receiverCounts(database, fromMs),
    flapping: flapping(rows),
  };
}

function readEpisodes(rows: readonly Row[]): {
  readonly acknowledgedMs: readonly number[];
  readonly resolvedMs: readonly number[];
} {
  const open = new Map<string, { readonly firedMs: number; isAcknowledged: boolean }>();
  const acknowledgedMs: number[] = [];
  const resolvedMs: number[] = [];
  for (const row of rows) {
    const [id, timeMs] = [String(row['fingerprint']), Number(row['ts_ms'])];
    const episode = open.get(id);
    if (row['kind'] === 'alert.firing') {
      open.set(id, { firedMs: timeMs, isAcknowledged: false });
    } else if (episode !== undefined && row['kind'] === 'alert.acked') {
      if (!episode.isAcknowledged) acknowledgedMs.push(timeMs - episode.firedMs);
      episode.isAcknowledged = true;
    } else if (episode !== undefined) {
      resolvedMs.push(timeMs - episode.firedMs);
      open.delete(id);
    }
  }
  return { acknowledgedMs, resolvedMs };
}

function spreadOf(valuesMs: readonly number[]): Spread {
  if (valuesMs.length === 0) return { count: 0 };
  const sorted = valuesMs.toSorted((left, right) => left - right);
  const sum = sorted.reduce((total, value) => total + value, 0);
  const p95Ms = sorted[Math.ceil(sorted.length * 0.95) - 1];
  return { count: sorted.length, meanMs: Math.round(sum / sorted.length), p95Ms };
}

function countKind(rows: readonly Row[], kind: string): number {
  return rows.filter((row) => row['kind'] === kind).length;
}

function countBy(rows: readonly Row[], column: string): Record<string, number> {
  const counts = new Map<string, number>();
  for (const row of rows) {
    if (row['kind'] !== 'alert.firing') continue;
    const key = String(row[column] ?? '');
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
}

function receiverCounts(database: Database, fromMs: number): AlertStatistics['receivers'] {
  const rows = database.all(
    `SELECT receiver, kind, count(*) AS n FROM history WHERE ts_ms >= ? AND kind IN
       ('notification.sent', 'notification.retried', 'notification.failed', 'notification.expired')
     GROUP BY receiver, kind`,
    fromMs,
  );
  const found: Record<string, { sent: number; retried: number; failed: number; expired: number }> =
    {};
  for (const row of rows) {
    const receiver = String(row['receiver']);
    found[receiver] ??= { sent: 0, retried: 0, failed: 0, expired: 0 };
    const name = String(row['kind']).slice('notification.'.length);
    found[receiver] = { ...found[receiver], [name]: Number(row['n']) };
  }
  return found;
}

function flapping(rows: readonly Row[]): AlertStatistics['flapping'] {
  const changes = new Map<string, { readonly alertname: string; changes: number }>();
  for (const row of rows) {
    if (row['kind'] === 'alert.acked') continue;
    const id = String(row['fingerprint']);
    const entry = changes.get(id) ?? { alertname: String(row['alertname'] ?? ''), changes: 0 };
    entry.changes += 1;
    changes.set(id, entry);
  }
  return [...changes]
    .map(([id, entry]) => ({ id, ...entry }))
    .filter((entry) => entry.changes > 2)
    .sort((left, right) => right.changes - left.changes)
    .slice(0, FLAPPING_MAX);
}
