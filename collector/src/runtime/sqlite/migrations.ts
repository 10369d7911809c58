/**
 * The tables, one entry for each version of the schema. Entries are never changed, only added.
 *
 * Times are milliseconds since the epoch; labels and annotations are JSON objects.
 */
export const MIGRATIONS: readonly string[] = [
  `
CREATE TABLE rule_groups (
  group_key TEXT PRIMARY KEY,
  last_eval_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE alerts (
  group_key TEXT NOT NULL,
  rule TEXT NOT NULL,
  labels TEXT NOT NULL,
  alertname TEXT NOT NULL,
  status TEXT NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (group_key, rule, labels)
) STRICT, WITHOUT ROWID;

CREATE TABLE notification_log (
  group_key TEXT NOT NULL,
  receiver TEXT NOT NULL,
  sent_ms INTEGER NOT NULL,
  firing TEXT NOT NULL,
  resolved TEXT NOT NULL,
  PRIMARY KEY (group_key, receiver)
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  group_key TEXT NOT NULL,
  receiver TEXT NOT NULL,
  reason TEXT NOT NULL,
  notification TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'sending', 'done', 'failed', 'expired')),
  attempts INTEGER NOT NULL DEFAULT 0,
  next_ms INTEGER NOT NULL,
  error TEXT,
  created_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_due ON outbox (state, next_ms);
CREATE INDEX outbox_group ON outbox (group_key, receiver, state);

CREATE TABLE history (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  ts_ms INTEGER NOT NULL,
  kind TEXT NOT NULL,
  fingerprint TEXT,
  alertname TEXT,
  severity TEXT,
  from_state TEXT,
  to_state TEXT,
  labels TEXT,
  value REAL,
  group_key TEXT,
  receiver TEXT,
  reason TEXT,
  error TEXT,
  actor TEXT
) STRICT;
CREATE INDEX history_ts ON history (ts_ms);
CREATE INDEX history_alertname ON history (alertname, ts_ms);
CREATE INDEX history_fingerprint ON history (fingerprint, ts_ms);
CREATE INDEX history_receiver ON history (receiver, ts_ms)
`,
  `
CREATE TABLE drift_baselines (
  id TEXT NOT NULL,
  model TEXT NOT NULL,
  version TEXT NOT NULL,
  stream TEXT NOT NULL,
  direction TEXT NOT NULL,
  segment TEXT NOT NULL,
  season TEXT NOT NULL,
  kind TEXT NOT NULL,
  source TEXT NOT NULL,
  quality TEXT NOT NULL,
  size INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  stored_ms INTEGER NOT NULL,
  actor TEXT NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (id, model, version, stream, direction, segment, season)
) STRICT;
CREATE INDEX drift_baselines_stored ON drift_baselines (stored_ms);

CREATE TABLE drift_current (
  model TEXT NOT NULL,
  version TEXT NOT NULL,
  stream TEXT NOT NULL,
  direction TEXT NOT NULL,
  segment TEXT NOT NULL,
  season TEXT NOT NULL,
  id TEXT NOT NULL,
  PRIMARY KEY (model, version, stream, direction, segment, season)
) STRICT, WITHOUT ROWID;

CREATE TABLE drift_samples (
  model TEXT NOT NULL,
  version TEXT NOT NULL,
  stream TEXT NOT NULL,
  direction TEXT NOT NULL,
  segment TEXT NOT NULL,
  season TEXT NOT NULL,
  instance TEXT NOT NULL,
  document TEXT NOT NULL,
  stored_ms INTEGER NOT NULL,
  PRIMARY KEY (model, version, stream, direction, segment, season, instance)
) STRICT
`,
  `
CREATE TABLE notifier_state (
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;
-- Receivers had one channel then; it was the first of its type, whichever that was.
INSERT INTO notifier_state SELECT 'former log entry', group_key || char(10) || receiver, json_object(
  'groupKey', group_key, 'receiver', receiver, 'integration', '',
  'entry', json_object('sentMs', sent_ms, 'firing', json(firing), 'resolved', json(resolved),
  'muted', json('[]'))) FROM notification_log;
DROP TABLE notification_log;
ALTER TABLE history ADD COLUMN episode TEXT;
ALTER TABLE history ADD COLUMN integration TEXT;
ALTER TABLE history ADD COLUMN comment TEXT;
CREATE INDEX history_kind ON history (kind, ts_ms)
`,
];
