/** A JSON schema, as far as the document needs it. */
export type Schema = Readonly<Record<string, unknown>>;

const text: Schema = { type: 'string' };
const whole: Schema = { type: 'integer' };
const flag: Schema = { type: 'boolean' };
const time: Schema = { type: 'string', format: 'date-time' };
const texts: Schema = { type: 'array', items: text };
const textMap: Schema = { type: 'object', additionalProperties: text };
const nullable = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] });

export function list(items: Schema): Schema {
  return { type: 'array', items };
}

/** An object with these keys and no other; a name that ends in `?` may be missing. */
export function object(properties: Readonly<Record<string, Schema>>): Schema {
  const entries = Object.entries(properties);
  return {
    type: 'object',
    properties: Object.fromEntries(
      entries.map(([name, schema]) => [name.replace('?', ''), schema]),
    ),
    required: entries.map(([name]) => name).filter((name) => !name.endsWith('?')),
    additionalProperties: false,
  };
}

export function reference(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` };
}

const said = object({ by: text, comment: text, at: time, until: nullable(time) });

const matcher = object({ name: text, value: text, isRegex: flag, isEqual: flag });

const silenceFields = {
  id: text,
  status: object({ state: { enum: ['pending', 'active', 'expired'] } }),
  updatedAt: time,
  comment: text,
  createdBy: text,
  startsAt: time,
  endsAt: time,
  matchers: list(matcher),
};

const spread = object({ count: whole, 'meanMs?': whole, 'p95Ms?': whole });

/** The schemas that several operations share. */
export const SCHEMAS: Readonly<Record<string, Schema>> = {
  Error: object({ error: object({ code: text, message: text }) }),
  PrometheusError: object({ status: { const: 'error' }, errorType: text, error: text }),
  Alert: object({
    id: { type: 'string', pattern: '^[0-9a-f]{16}$' },
    episode: nullable(text),
    alertname: text,
    severity: { enum: ['INFO', 'WARNING', 'ERROR', 'CRITICAL'] },
    state: { enum: ['pending', 'firing', 'resolved'] },
    source: { enum: ['rule', 'posted'] },
    labels: textMap,
    annotations: textMap,
    value: nullable(text),
    activeAt: nullable(time),
    firedAt: nullable(time),
    resolvedAt: nullable(time),
    held: flag,
    'generatorUrl?': text,
    receivers: texts,
    groupKeys: texts,
    inhibitedBy: texts,
    silencedBy: texts,
    mutedBy: texts,
    ack: nullable(said),
    latch: nullable(said),
    escalation: nullable({ type: 'object' }),
    flapping: flag,
    traceId: nullable(text),
    links: textMap,
    drift: nullable({ type: 'object' }),
    rule: nullable(
      object({
        file: text,
        group: text,
        query: text,
        labels: textMap,
        forMs: whole,
        plot: nullable(object({ query: text, comparison: text, threshold: text })),
      }),
    ),
  }),
  HistoryEvent: {
    type: 'object',
    properties: { id: whole, tsMs: whole, kind: text },
    required: ['id', 'tsMs', 'kind'],
  },
  Notification: object({
    at: time,
    outcome: text,
    receiver: nullable(text),
    integration: nullable(text),
    reason: nullable(text),
    error: nullable(text),
    groupKey: nullable(text),
  }),
  Statistics: object({
    windowMs: whole,
    fired: whole,
    resolved: whole,
    acknowledged: whole,
    bySeverity: { type: 'object', additionalProperties: whole },
    byAlertname: { type: 'object', additionalProperties: whole },
    timeToAcknowledge: spread,
    timeToResolve: spread,
    receivers: {
      type: 'object',
      additionalProperties: object({ sent: whole, retried: whole, failed: whole, expired: whole }),
    },
    flapping: list(object({ id: text, alertname: text, changes: whole })),
    evaluations: whole,
    missedEvaluations: whole,
    ruleErrors: whole,
  }),
  Receiver: object({
    name: text,
    integrations: list(
      object({
        name: text,
        type: text,
        sendsResolved: flag,
        waiting: whole,
        'failingSinceMs?': whole,
        'pausedUntilMs?': { type: 'number' },
        'lastError?': text,
      }),
    ),
  }),
  TriedChannel: object({
    integration: text,
    isDelivered: flag,
    error: nullable(text),
    problems: texts,
  }),
  EvaluatedRule: object({
    file: text,
    group: text,
    rule: text,
    place: whole,
    evaluations: list(
      object({ at: time, durationMs: { type: 'number' }, samples: whole, error: nullable(text) }),
    ),
    selectors: list(object({ selector: text, series: whole })),
  }),
  Escalation: object({
    groupKey: text,
    policy: text,
    step: whole,
    round: whole,
    'dueMs?': whole,
    isDone: flag,
    reached: texts,
  }),
  Silence: object({ ...silenceFields, untilResolved: nullable(texts), alerts: texts }),
  AlertmanagerSilence: object(silenceFields),
  AlertmanagerAlert: object({
    annotations: textMap,
    endsAt: time,
    fingerprint: text,
    receivers: list(object({ name: text })),
    startsAt: time,
    status: object({
      inhibitedBy: texts,
      mutedBy: texts,
      silencedBy: texts,
      state: { enum: ['unprocessed', 'active', 'suppressed'] },
    }),
    updatedAt: time,
    generatorURL: text,
    labels: textMap,
  }),
  Act: {
    type: 'object',
    properties: {
      by: text,
      comment: text,
      for: { type: 'string', description: 'a duration from now, such as 2h' },
      expires: time,
    },
  },
};
