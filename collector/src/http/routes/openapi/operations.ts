import type { Scope } from '../../../exchange/api-key.ts';
import { list, object, reference, type Schema } from './schemas.ts';

/** One method of one path; parameters of the path stand in braces. */
export interface Operation {
  readonly method: 'get' | 'post' | 'delete';
  readonly path: string;
  readonly summary: string;
  readonly scope: Scope;
  /** Query parameters; a name that ends in `*` may be given more than once. */
  readonly query?: readonly string[];
  readonly body?: Schema;
  /** The body of the answer with status 200; absent when it has none. */
  readonly answer?: Schema;
  /** The media type of the answer where it is not JSON. */
  readonly mediaType?: string;
}

const act = { body: reference('Act'), answer: reference('Alert') } as const;

const silenceBody: Schema = {
  type: 'object',
  required: ['matchers'],
  properties: {
    matchers: list({ type: 'object' }),
    startsAt: { type: 'string' },
    endsAt: { type: 'string' },
    createdBy: { type: 'string' },
    comment: { type: 'string' },
    duration: { type: 'string', description: 'in place of endsAt, such as 2h' },
    until_resolved: { type: 'boolean', description: 'ends when what it mutes now has resolved' },
    confirm: { type: 'boolean', description: 'true: it may mute everything' },
  },
};

const stateFilters = ['active', 'silenced', 'inhibited', 'unprocessed', 'muted'];

/** Every operation of the API on alerts and silences. */
export const OPERATIONS: readonly Operation[] = [
  {
    method: 'get',
    path: '/monitoring/alerts',
    summary: 'Alerts with everything that decides who hears of them',
    scope: 'read',
    query: [
      'state*',
      'severity*',
      'alertname*',
      'receiver*',
      'acked',
      'filter*',
      'limit',
      'cursor',
    ],
    answer: object({ alerts: list(reference('Alert')), 'next?': { type: 'string' } }),
  },
  {
    method: 'get',
    path: '/monitoring/alerts/history',
    summary: 'What happened, newest first',
    scope: 'read',
    query: ['from', 'to', 'id', 'alertname', 'kind', 'receiver', 'group', 'limit', 'cursor'],
    answer: object({ history: list(reference('HistoryEvent')), 'next?': { type: 'string' } }),
  },
  {
    method: 'get',
    path: '/monitoring/alerts/stats',
    summary: 'Figures over a span of time',
    scope: 'read',
    query: ['window'],
    answer: reference('Statistics'),
  },
  {
    method: 'get',
    path: '/monitoring/alerts/{id}',
    summary: 'One alert',
    scope: 'read',
    answer: reference('Alert'),
  },
  {
    method: 'get',
    path: '/monitoring/alerts/{id}/notifications',
    summary: 'What receivers were told since the episode began, newest first',
    scope: 'read',
    answer: object({ episode: { type: 'string' }, notifications: list(reference('Notification')) }),
  },
  {
    method: 'post',
    path: '/monitoring/alerts/{id}/ack',
    summary: 'Acknowledge this episode: no repeats, no escalation',
    scope: 'write',
    ...act,
  },
  {
    method: 'delete',
    path: '/monitoring/alerts/{id}/ack',
    summary: 'Take an acknowledgement back',
    scope: 'write',
    answer: reference('Alert'),
  },
  {
    method: 'post',
    path: '/monitoring/alerts/{id}/resolve',
    summary: 'End this episode by hand, until its source agrees',
    scope: 'write',
    ...act,
  },
  {
    method: 'post',
    path: '/monitoring/alerts/{id}/escalate',
    summary: 'Send the next step of the escalation now',
    scope: 'write',
    ...act,
  },
  {
    method: 'get',
    path: '/monitoring/escalations',
    summary: 'Escalations that run, are held or are done',
    scope: 'read',
    answer: object({ escalations: list(reference('Escalation')) }),
  },
  {
    method: 'get',
    path: '/monitoring/receivers',
    summary: 'Receivers and how the sending to them goes',
    scope: 'read',
    answer: object({ receivers: list(reference('Receiver')) }),
  },
  {
    method: 'post',
    path: '/monitoring/receivers/{name}/test',
    summary: 'Send a test message by every channel of a receiver, once',
    scope: 'write',
    body: { type: 'object' },
    answer: object({ channels: list(reference('TriedChannel')) }),
  },
  {
    method: 'get',
    path: '/monitoring/rules/evaluations',
    summary: 'The last evaluations of rules; of named ones also what their selectors match',
    scope: 'read',
    query: ['group', 'rule', 'limit'],
    answer: object({ rules: list(reference('EvaluatedRule')) }),
  },
  {
    method: 'get',
    path: '/monitoring/silences',
    summary: 'Silences with the firing alerts that they match',
    scope: 'read',
    answer: object({ silences: list(reference('Silence')) }),
  },
  {
    method: 'post',
    path: '/monitoring/silences',
    summary: 'Make or change a silence',
    scope: 'write',
    body: silenceBody,
    answer: reference('Silence'),
  },
  {
    method: 'post',
    path: '/monitoring/silences/preview',
    summary: 'The firing alerts that a silence would mute',
    scope: 'read',
    body: { type: 'object', required: ['matchers'] },
    answer: object({
      alerts: list(
        object({
          id: { type: 'string' },
          labels: { type: 'object' },
          severity: { type: 'string' },
          receivers: list({ type: 'string' }),
        }),
      ),
    }),
  },
  {
    method: 'delete',
    path: '/monitoring/silences/{id}',
    summary: 'End a silence',
    scope: 'write',
    answer: reference('Silence'),
  },
  {
    method: 'get',
    path: '/monitoring/events',
    summary: 'Server-sent events: the name of what a page should read again',
    scope: 'read',
    answer: { type: 'string' },
    mediaType: 'text/event-stream',
  },
  {
    method: 'get',
    path: '/monitoring/openapi.json',
    summary: 'This document',
    scope: 'read',
    answer: { type: 'object' },
  },
  {
    method: 'get',
    path: '/api/v2/status',
    summary: 'Version and configuration, as Alertmanager tells them',
    scope: 'read',
    answer: { type: 'object', required: ['cluster', 'versionInfo', 'config', 'uptime'] },
  },
  {
    method: 'get',
    path: '/api/v2/receivers',
    summary: 'Names of receivers',
    scope: 'read',
    answer: list(object({ name: { type: 'string' } })),
  },
  {
    method: 'get',
    path: '/api/v2/alerts',
    summary: 'Firing alerts',
    scope: 'read',
    query: [...stateFilters, 'filter*', 'receiver'],
    answer: list(reference('AlertmanagerAlert')),
  },
  {
    method: 'post',
    path: '/api/v2/alerts',
    summary: 'Alerts of Prometheus, amtool or others',
    scope: 'ingest',
    body: list({ type: 'object', required: ['labels'] }),
  },
  {
    method: 'get',
    path: '/api/v2/alerts/groups',
    summary: 'Firing alerts as receivers are told of them',
    scope: 'read',
    query: [...stateFilters, 'filter*', 'receiver'],
    answer: list(
      object({
        alerts: list(reference('AlertmanagerAlert')),
        labels: { type: 'object' },
        receiver: object({ name: { type: 'string' } }),
      }),
    ),
  },
  {
    method: 'get',
    path: '/api/v2/silences',
    summary: 'Silences',
    scope: 'read',
    query: ['filter*'],
    answer: list(reference('AlertmanagerSilence')),
  },
  {
    method: 'post',
    path: '/api/v2/silences',
    summary: 'Make or change a silence',
    scope: 'write',
    body: silenceBody,
    answer: object({ silenceID: { type: 'string' } }),
  },
  {
    method: 'get',
    path: '/api/v2/silence/{id}',
    summary: 'One silence',
    scope: 'read',
    answer: reference('AlertmanagerSilence'),
  },
  {
    method: 'delete',
    path: '/api/v2/silence/{id}',
    summary: 'End a silence',
    scope: 'write',
  },
];
