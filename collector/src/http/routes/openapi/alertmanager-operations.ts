import type { Operation } from './operation.ts';
import { list, object, reference } from './schemas.ts';
import { silenceBody } from './silence-body.ts';

const stateFilters = ['active', 'silenced', 'inhibited', 'unprocessed', 'muted'];

/** The second API of Alertmanager, which Prometheus, amtool and Grafana speak. */
export const ALERTMANAGER_OPERATIONS: readonly Operation[] = [
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
