import type { AlertStatus } from '../../../exchange/alert-status.ts';
import { compileAnchoredRegex } from '../../../model/matcher.ts';
import { postedProblem } from '../../../notify/stages/alerts/posted-alert.ts';
import { LabelMatchers, parseMatcher } from '../../../notify/stages/matching/label-matchers.ts';
import {
  jsonResponse,
  type Route,
  type ServerRequest,
  type ServerResponse,
} from '../../message.ts';
import {
  BadRequest,
  isRecord,
  jsonBody,
  optionalText,
  optionalTime,
  textMap,
} from '../json-body.ts';
import { alertJson, stateOf } from './alert-json.ts';
import type { AlertmanagerApi } from './api.ts';
import { answering } from './envelope.ts';

/** Alerts of one request of a sender; Prometheus posts 64 to 256. */
const POST_BYTES_MAX = 8 * 2 ** 20;

/** `alerts` and `alerts/groups`. */
export function alertRoutes(api: AlertmanagerApi): Route[] {
  return [
    {
      method: 'GET',
      path: '/api/v2/alerts',
      scope: 'read',
      handle: (request) => answering(() => listAlerts(api, request)),
    },
    {
      method: 'GET',
      path: '/api/v2/alerts/groups',
      scope: 'read',
      handle: (request) => answering(() => listGroups(api, request)),
    },
    {
      method: 'POST',
      path: '/api/v2/alerts',
      scope: 'ingest',
      bodyBytesMax: POST_BYTES_MAX,
      handle: (request) => answering(() => postAlerts(api, request)),
    },
  ];
}

function listAlerts(api: AlertmanagerApi, { query }: ServerRequest): ServerResponse {
  const isWanted = alertFilter(query);
  const isReceiver = receiverFilter(query);
  const found = api.alerts().filter((alert) => isWanted(alert) && alert.receivers.some(isReceiver));
  return jsonResponse(
    200,
    found.map((alert) => alertJson(alert, timesOf(api))),
  );
}

function listGroups(api: AlertmanagerApi, { query }: ServerRequest): ServerResponse {
  const isWanted = alertFilter(query);
  const isReceiver = receiverFilter(query);
  const groups = api
    .groups()
    .filter(({ receiver }) => isReceiver(receiver))
    .map(({ labels, receiver, alerts }) => ({
      alerts: alerts.filter(isWanted).map((alert) => alertJson(alert, timesOf(api))),
      labels,
      receiver: { name: receiver },
    }))
    .filter(({ alerts }) => alerts.length > 0);
  return jsonResponse(200, groups);
}

function timesOf(api: AlertmanagerApi): { nowMs: number; resolveTimeoutMs: number } {
  return { nowMs: api.nowMs(), resolveTimeoutMs: api.resolveTimeoutMs() };
}

/** Alerts that fire, as the parameters want them; every kind is wanted unless it is switched off. */
function alertFilter(query: URLSearchParams): (alert: AlertStatus) => boolean {
  const wants = (name: string): boolean => flagOf(query, name);
  const matchers = new LabelMatchers(query.getAll('filter').map(readFilter));
  return (alert) => {
    const isFiring = alert.isFiring && !alert.isLatched;
    if (!isFiring || !matchers.matches(alert.record.alert.labels)) return false;
    if (!wants('active') && stateOf(alert) === 'active') return false;
    if (!wants('silenced') && alert.silencedBy.length > 0) return false;
    if (!wants('inhibited') && alert.inhibitedBy.length > 0) return false;
    return wants('muted') || alert.mutedBy.length === 0;
  };
}

function flagOf(query: URLSearchParams, name: string): boolean {
  const value = query.get(name) ?? 'true';
  if (value !== 'true' && value !== 'false') {
    throw new BadRequest(`${name} in query must be of type boolean: "${value}"`);
  }
  return value === 'true';
}

export function readFilter(text: string): ReturnType<typeof parseMatcher> {
  try {
    return parseMatcher(text);
  } catch (error) {
    throw new BadRequest(`bad matcher format: ${(error as Error).message}`);
  }
}

function receiverFilter(query: URLSearchParams): (receiver: string) => boolean {
  const source = query.get('receiver');
  if (source === null || source === '') return () => true;
  try {
    return compileAnchoredRegex(source);
  } catch (error) {
    throw new BadRequest(`failed to parse receiver param: ${(error as Error).message}`);
  }
}

/** Takes the alerts that are good, and names the others. */
function postAlerts(api: AlertmanagerApi, request: ServerRequest): ServerResponse {
  const list = jsonBody(request);
  if (!Array.isArray(list)) throw new BadRequest('the body must be a list of alerts');
  const problems: string[] = [];
  const good = list.flatMap((entry: unknown) => {
    if (!isRecord(entry)) throw new BadRequest('an alert must be a map');
    const posted = api.complete({
      labels: textMap(entry, 'labels'),
      annotations: textMap(entry, 'annotations'),
      startsAtMs: optionalTime(entry, 'startsAt'),
      endsAtMs: optionalTime(entry, 'endsAt'),
      generatorUrl: optionalText(entry, 'generatorURL') ?? '',
    });
    const problem = postedProblem(posted);
    if (problem !== undefined) problems.push(problem);
    return problem === undefined ? [posted] : [];
  });
  const refused = api.post(good);
  if (refused > 0) {
    problems.push(
      `no room for ${refused} more alerts: too many fire already; TelltaleAlertFlood names them`,
    );
  }
  if (problems.length > 0) throw new BadRequest(problems.join('; '));
  return { status: 200 };
}
