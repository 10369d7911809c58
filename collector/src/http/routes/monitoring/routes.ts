import { LabelMatchers } from '../../../notify/stages/matching/label-matchers.ts';
import {
  jsonResponse,
  type Route,
  type ServerRequest,
  type ServerResponse,
} from '../../message.ts';
import { readFilter } from '../alertmanager/alert-routes.ts';
import { actionRoutes } from './action-routes.ts';
import { type AlertJson, allAlerts, oneAlert, someAlerts } from './alert-json.ts';
import type { MonitoringApi } from './api.ts';
import { eventRoutes } from './event-routes.ts';
import { historyRoutes } from './history-routes.ts';
import { answering, cursorOf, durationOf, limitOf, oneOfOrNone, refusal } from './parameters.ts';
import { ruleEvaluations } from './rule-evaluations.ts';
import { monitoringSilenceRoutes } from './silence-routes.ts';

/** Alerts, what became of them, and what people do with them. */
export function monitoringRoutes(api: MonitoringApi): Route[] {
  return [
    {
      method: 'GET',
      path: '/monitoring/alerts',
      scope: 'read',
      handle: (request) => answering(() => alerts(api, request)),
    },
    ...historyRoutes(api),
    {
      method: 'GET',
      path: '/monitoring/alerts/stats',
      scope: 'read',
      handle: ({ query }) =>
        answering(() => {
          const windowMs = durationOf(query.get('window') ?? '24h', 'window');
          return jsonResponse(200, api.statistics(windowMs));
        }),
    },
    {
      method: 'GET',
      path: '/monitoring/alerts/:id',
      scope: 'read',
      handle: ({ params }) => {
        const found = oneAlert(api, params['id'] ?? '');
        if (found === undefined) return refusal(404, 'NOT_FOUND', 'Cannot find it: unknown id');
        return jsonResponse(200, found);
      },
    },
    {
      method: 'GET',
      path: '/monitoring/receivers',
      scope: 'read',
      handle: () => jsonResponse(200, { receivers: api.receivers() }),
    },
    {
      method: 'POST',
      path: '/monitoring/receivers/:name/test',
      scope: 'write',
      handle: (request) => tryReceiver(api, request),
    },
    {
      method: 'GET',
      path: '/monitoring/rules/evaluations',
      scope: 'read',
      handle: (request) => answering(() => ruleEvaluations(api, request)),
    },
    {
      method: 'GET',
      path: '/monitoring/escalations',
      scope: 'read',
      handle: () => jsonResponse(200, { escalations: api.escalations() }),
    },
    ...actionRoutes(api),
    ...monitoringSilenceRoutes(api),
    ...eventRoutes(api),
  ];
}

async function tryReceiver(api: MonitoringApi, request: ServerRequest): Promise<ServerResponse> {
  const tried = await api.tryReceiver(request.params['name'] ?? '', request.actor);
  if (tried === undefined) return refusal(404, 'NOT_FOUND', 'Cannot find it: unknown receiver');
  return jsonResponse(200, { channels: tried });
}

function alerts(api: MonitoringApi, { query }: ServerRequest): ServerResponse {
  const limit = limitOf(query);
  const from = cursorOf(query) ?? 0;
  const ids = query.getAll('id');
  const all = ids.length === 0 ? allAlerts(api) : someAlerts(api, new Set(ids));
  const found = all.filter(alertFilter(query));
  const isMore = found.length > from + limit;
  return jsonResponse(200, {
    alerts: found.slice(from, from + limit),
    ...(isMore ? { next: String(from + limit) } : {}),
  });
}

function alertFilter(query: URLSearchParams): (alert: AlertJson) => boolean {
  const isWanted = (name: string, values: readonly string[]): boolean => {
    const wanted = query.getAll(name);
    return wanted.length === 0 || wanted.some((each) => values.includes(each));
  };
  oneOfOrNone(query, 'state', ['pending', 'firing', 'resolved']);
  oneOfOrNone(query, 'acked', ['true', 'false']);
  const matchers = new LabelMatchers(query.getAll('filter').map(readFilter));
  return ({ state, severity, alertname, receivers, ack, labels }) =>
    isWanted('state', [state]) &&
    isWanted('severity', [severity]) &&
    isWanted('alertname', [alertname]) &&
    isWanted('receiver', receivers) &&
    isWanted('acked', [String(ack !== null)]) &&
    matchers.matches(labels);
}
