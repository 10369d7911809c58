import type { Silence } from '../../../notify/stages/muting/silence.ts';
import {
  jsonResponse,
  type Route,
  type ServerRequest,
  type ServerResponse,
} from '../../message.ts';
import { silenceJson } from '../alertmanager/alert-json.ts';
import { BadRequest, isRecord, jsonBody, optionalText } from '../json-body.ts';
import { readMatchers, readSilence } from '../silence-body.ts';
import type { MonitoringApi } from './api.ts';
import { actionResponse, answering, durationOf } from './parameters.ts';

/** A silence that only ends with its alerts still needs an end: a forgotten one is no trap then. */
const UNTIL_RESOLVED_MS_MAX = 30 * 24 * 3_600_000;

/** Silences with `duration` and `until_resolved`, and what one would mute. */
export function monitoringSilenceRoutes(api: MonitoringApi): Route[] {
  return [
    {
      method: 'GET',
      path: '/monitoring/silences',
      scope: 'read',
      handle: () => jsonResponse(200, { silences: api.silences().map((each) => json(api, each)) }),
    },
    {
      method: 'POST',
      path: '/monitoring/silences',
      scope: 'write',
      handle: (request) => answering(() => post(api, request)),
    },
    {
      method: 'POST',
      path: '/monitoring/silences/preview',
      scope: 'read',
      handle: (request) => answering(() => preview(api, request)),
    },
    {
      method: 'DELETE',
      path: '/monitoring/silences/:id',
      scope: 'write',
      handle: ({ params, actor }) => {
        const answer = api.expireSilence(params['id'] ?? '', { by: actor, comment: '' });
        return actionResponse(answer, (silence) => json(api, silence));
      },
    },
  ];
}

function json(api: MonitoringApi, silence: Silence): object {
  const muted = api.previewSilence(silence.matchers);
  return {
    ...silenceJson(silence, api.nowMs()),
    untilResolved: silence.untilResolved ?? null,
    alerts: muted.map(({ record }) => record.alert.fingerprint),
  };
}

function post(api: MonitoringApi, request: ServerRequest): ServerResponse {
  const body = jsonBody(request);
  if (!isRecord(body)) throw new BadRequest('the body must be a silence');
  const nowMs = api.nowMs();
  const endsWhenResolved = body['until_resolved'] === true;
  const lengthMs = lengthOf(body, endsWhenResolved);
  const wanted = readSilence(body, request.actor, {
    startsAtMs: nowMs,
    ...(lengthMs === undefined ? {} : { endsAtMs: nowMs + lengthMs }),
  });
  const isConfirmed = body['confirm'] === true;
  const answer = api.silence(wanted, { endsWhenResolved, isConfirmed });
  return actionResponse(answer, (silence) => json(api, silence));
}

function lengthOf(
  body: Readonly<Record<string, unknown>>,
  endsWhenResolved: boolean,
): number | undefined {
  const duration = optionalText(body, 'duration');
  if (duration !== undefined) return durationOf(duration, 'duration');
  return endsWhenResolved ? UNTIL_RESOLVED_MS_MAX : undefined;
}

function preview(api: MonitoringApi, request: ServerRequest): ServerResponse {
  const body = jsonBody(request);
  if (!isRecord(body)) throw new BadRequest('the body must be a map with matchers');
  try {
    const alerts = api.previewSilence(readMatchers(body['matchers']));
    return jsonResponse(200, {
      alerts: alerts.map(({ record: { alert }, severity, receivers }) => ({
        id: alert.fingerprint,
        labels: alert.labels,
        severity,
        receivers,
      })),
    });
  } catch (error) {
    if (error instanceof SyntaxError) throw new BadRequest(error.message);
    throw error;
  }
}
