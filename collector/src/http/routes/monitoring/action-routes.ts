import type { Route, ServerRequest, ServerResponse } from '../../message.ts';
import type { ActionAnswer } from '../alertmanager/api.ts';
import { BadRequest, isRecord, jsonBody, optionalText, optionalTime } from '../json-body.ts';
import { signedBy } from '../silence-body.ts';
import { oneAlert } from './alert-json.ts';
import type { MonitoringApi, Person } from './api.ts';
import { actionResponse, answering, durationOf } from './parameters.ts';

type Body = Readonly<Record<string, unknown>>;

/** Acknowledge, resolve by hand, escalate. The answer is the alert as it is then. */
export function actionRoutes(api: MonitoringApi): Route[] {
  const route = (
    method: 'POST' | 'DELETE',
    act: string,
    run: (id: string, person: Person, body: Body) => ActionAnswer<unknown>,
  ): Route => ({
    method,
    path: `/monitoring/alerts/:id/${act}`,
    scope: 'write',
    handle: (request) => answering(() => perform(api, request, run)),
  });
  return [
    route('POST', 'ack', (id, person, body) => api.acknowledge(id, person, endOf(api, body))),
    route('DELETE', 'ack', (id, person) => api.unacknowledge(id, person)),
    route('POST', 'resolve', (id, person, body) => api.resolve(id, person, endOf(api, body))),
    route('POST', 'escalate', (id, person) => api.escalate(id, person)),
  ];
}

function perform(
  api: MonitoringApi,
  request: ServerRequest,
  run: (id: string, person: Person, body: Body) => ActionAnswer<unknown>,
): ServerResponse {
  const isBare = request.method === 'DELETE' && request.body.byteLength === 0;
  const body = isBare ? {} : jsonBody(request);
  if (!isRecord(body)) throw new BadRequest('the body must be a map');
  const named = optionalText(body, 'by') ?? '';
  const by = request.actor === 'anonymous' ? named || 'anonymous' : signedBy(request.actor, named);
  const comment = optionalText(body, 'comment') ?? '';
  const id = request.params['id'] ?? '';
  return actionResponse(run(id, { by, comment }, body), () => oneAlert(api, id));
}

/** `expires` as a time, or `for` as a duration from now. */
function endOf(api: MonitoringApi, body: Body): number | undefined {
  const duration = optionalText(body, 'for');
  if (duration !== undefined) return api.nowMs() + durationOf(duration, 'for');
  return optionalTime(body, 'expires');
}
