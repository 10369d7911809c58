import type { HistoryFilter } from '../../../exchange/history.ts';
import {
  jsonResponse,
  type Route,
  type ServerRequest,
  type ServerResponse,
} from '../../message.ts';
import type { MonitoringApi } from './api.ts';
import { answering, cursorOf, isoTime, limitOf, refusal, timeOf } from './parameters.ts';

/** The history, and the notifications of one episode of an alert. */
export function historyRoutes(api: MonitoringApi): Route[] {
  return [
    {
      method: 'GET',
      path: '/monitoring/alerts/history',
      scope: 'read',
      handle: (request) => answering(() => history(api, request)),
    },
    {
      method: 'GET',
      path: '/monitoring/alerts/:id/notifications',
      scope: 'read',
      handle: (request) => answering(() => notifications(api, request)),
    },
  ];
}

function history(api: MonitoringApi, { query }: ServerRequest): ServerResponse {
  const limit = limitOf(query);
  const filter: HistoryFilter = {
    limit,
    ...present('fromMs', timeOf(query, 'from')),
    ...present('toMs', timeOf(query, 'to')),
    ...present('beforeId', cursorOf(query)),
    ...textOf(query, 'kind', 'kind'),
    ...textOf(query, 'alertname', 'alertname'),
    ...textOf(query, 'id', 'fingerprint'),
    ...textOf(query, 'receiver', 'receiver'),
    ...textOf(query, 'group', 'groupKey'),
  };
  const events = api.history(filter);
  const last = events.at(-1);
  const isMore = events.length === limit && last !== undefined;
  return jsonResponse(200, { history: events, ...(isMore ? { next: String(last.id) } : {}) });
}

/** History rows that one alert's notifications can have, at most. */
const ROWS_MAX = 1000;

/** What receivers were told of the alert's groups since the episode began, newest first. */
function notifications(api: MonitoringApi, { params }: ServerRequest): ServerResponse {
  const status = api.alert(params['id'] ?? '');
  if (status === undefined) return refusal(404, 'NOT_FOUND', 'Cannot find it: unknown id');
  const { groupKeys, record } = status;
  const rows = groupKeys
    .flatMap((groupKey) => api.history({ groupKey, fromMs: record.episodeMs, limit: ROWS_MAX }))
    .filter(({ kind }) => kind.startsWith('notification.') || kind.startsWith('escalation.'))
    .sort((left, right) => right.id - left.id);
  return jsonResponse(200, {
    episode: String(record.episodeMs),
    notifications: rows.map(({ tsMs, kind, receiver, integration, reason, error, groupKey }) => ({
      at: isoTime(tsMs),
      outcome: kind.slice(kind.indexOf('.') + 1),
      receiver: receiver ?? null,
      integration: integration ?? null,
      reason: reason ?? null,
      error: error ?? null,
      groupKey: groupKey ?? null,
    })),
  });
}

function present<Key extends string>(key: Key, value: number | undefined): Record<string, number> {
  return value === undefined ? {} : { [key]: value };
}

function textOf(query: URLSearchParams, name: string, key: string): Record<string, string> {
  const value = query.get(name);
  return value === null ? {} : { [key]: value };
}
