import type { HistoryFilter, StoredHistoryEvent } from '../../exchange/history.ts';
import { fingerprint } from '../../notify/stages/fingerprint.ts';
import type { Alert } from '../../rules/alert-state.ts';
import type { RuleGroup } from '../../rules/group.ts';
import { jsonResponse, type Route, type ServerRequest, type ServerResponse } from '../message.ts';
import { parseTime } from './prometheus/parameters.ts';

export interface MonitoringApi {
  groups(): readonly RuleGroup[];
  severityOf(labels: Readonly<Record<string, string>>): string;
  history(filter: HistoryFilter): readonly StoredHistoryEvent[];
}

const LIMIT_DEFAULT = 100;
const LIMIT_MAX = 1000;

/** Alerts and what became of them. */
export function monitoringRoutes(api: MonitoringApi): Route[] {
  return [
    {
      method: 'GET',
      path: '/monitoring/alerts',
      scope: 'read',
      handle: (request) => alerts(api, request),
    },
    {
      method: 'GET',
      path: '/monitoring/alerts/history',
      scope: 'read',
      handle: (request) => history(api, request),
    },
  ];
}

function alerts(api: MonitoringApi, { query }: ServerRequest): ServerResponse {
  const limit = limitOf(query);
  if (limit === undefined) return badRequest('limit must be a number from 1 to 1000');
  const wanted = (name: string, value: string): boolean => {
    const values = query.getAll(name);
    return values.length === 0 || values.includes(value);
  };
  const found = api
    .groups()
    .flatMap((group) => group.rules.flatMap((state) => alertsOf(api, group, state)))
    .filter(({ state, severity, alertname }) => {
      return (
        wanted('state', state) && wanted('severity', severity) && wanted('alertname', alertname)
      );
    });
  return jsonResponse(200, { alerts: found.slice(0, limit) });
}

interface AlertJson {
  readonly id: string;
  readonly alertname: string;
  readonly severity: string;
  readonly state: string;
  readonly [field: string]: unknown;
}

function alertsOf(
  api: MonitoringApi,
  group: RuleGroup,
  state: RuleGroup['rules'][number],
): AlertJson[] {
  const { rule } = state;
  return [...state.alerts.values()].map((alert): AlertJson => {
    const labels = alert.labels.toRecord();
    return {
      id: fingerprint(labels),
      alertname: rule.name,
      severity: api.severityOf(labels),
      state: stateName(alert),
      labels,
      annotations: alert.annotations,
      value: String(alert.value),
      activeAt: isoTime(alert.activeAtMs),
      firedAt: isoTime(alert.firedAtMs),
      resolvedAt: isoTime(alert.resolvedAtMs),
      held: alert.heldSinceMs !== undefined,
      rule: { file: group.definition.file, group: group.definition.name, query: rule.exprText },
    };
  });
}

function stateName({ status }: Alert): string {
  return status === 'inactive' ? 'resolved' : status;
}

function history(api: MonitoringApi, { query }: ServerRequest): ServerResponse {
  const limit = limitOf(query);
  if (limit === undefined) return badRequest('limit must be a number from 1 to 1000');
  const from = timeOf(query, 'from');
  const to = timeOf(query, 'to');
  if (from === 'invalid' || to === 'invalid') {
    return badRequest('from and to must be unix seconds or RFC 3339 times');
  }
  const cursor = query.get('cursor');
  if (cursor !== null && !/^\d+$/u.test(cursor)) return badRequest('cursor must be a number');
  const events = api.history({
    limit,
    ...(from === undefined ? {} : { fromMs: from }),
    ...(to === undefined ? {} : { toMs: to }),
    ...(cursor === null ? {} : { beforeId: Number(cursor) }),
    ...textOf(query, 'kind', 'kind'),
    ...textOf(query, 'alertname', 'alertname'),
    ...textOf(query, 'id', 'fingerprint'),
    ...textOf(query, 'receiver', 'receiver'),
  });
  const last = events.at(-1);
  const isMore = events.length === limit && last !== undefined;
  return jsonResponse(200, { history: events, ...(isMore ? { next: String(last.id) } : {}) });
}

function limitOf(query: URLSearchParams): number | undefined {
  const limit = Number(query.get('limit') ?? LIMIT_DEFAULT);
  return Number.isInteger(limit) && limit >= 1 && limit <= LIMIT_MAX ? limit : undefined;
}

function timeOf(query: URLSearchParams, name: string): number | 'invalid' | undefined {
  const text = query.get(name);
  return text === null ? undefined : (parseTime(text) ?? 'invalid');
}

function textOf(query: URLSearchParams, name: string, key: string): Record<string, string> {
  const value = query.get(name);
  return value === null ? {} : { [key]: value };
}

function isoTime(timeMs: number | undefined): string | null {
  return timeMs === undefined ? null : new Date(timeMs).toISOString();
}

function badRequest(message: string): ServerResponse {
  return jsonResponse(400, {
    error: { code: 'BAD_REQUEST', message: `Cannot answer: ${message}` },
  });
}
