import { formatFloat } from '../../../model/format-float.ts';
import type { Alert } from '../../../rules/alert-state.ts';
import type { RuleGroup, RuleState } from '../../../rules/group.ts';
import type { Route, ServerRequest, ServerResponse } from '../../message.ts';
import type { PrometheusApi } from './api.ts';
import { ApiError, answering, success } from './envelope.ts';
import { parametersOf } from './parameters.ts';

/** `rules` and `alerts`, in the shapes of Prometheus. */
export function ruleRoutes(api: PrometheusApi): Route[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/rules',
      scope: 'read',
      handle: (request) => answering(() => rules(api, request)),
    },
    {
      method: 'GET',
      path: '/api/v1/alerts',
      scope: 'read',
      handle: () =>
        success({ alerts: api.groups().flatMap((group) => activeAlerts(group.alerts())) }),
    },
  ];
}

interface RuleFilter {
  readonly kind: 'alerting' | 'recording' | undefined;
  readonly names: readonly string[];
  readonly groups: readonly string[];
  readonly files: readonly string[];
  readonly excludesAlerts: boolean;
}

function rules(api: PrometheusApi, request: ServerRequest): ServerResponse {
  const filter = filterOf(parametersOf(request));
  const groups = api
    .groups()
    .filter(({ definition }) => isWanted(filter.groups, definition.name))
    .filter(({ definition }) => isWanted(filter.files, definition.file))
    .map((group) => groupJson(group, filter))
    .filter(
      ({ rules: kept }) => kept.length > 0 || filter.names.length + filter.groups.length === 0,
    );
  return success({ groups });
}

function filterOf(parameters: URLSearchParams): RuleFilter {
  const type = (parameters.get('type') ?? '').toLowerCase();
  if (type !== '' && type !== 'alert' && type !== 'record') {
    throw new ApiError('bad_data', `not supported value "${type}"`);
  }
  const kind = type === 'alert' ? 'alerting' : 'recording';
  return {
    kind: type === '' ? undefined : kind,
    names: parameters.getAll('rule_name[]'),
    groups: parameters.getAll('rule_group[]'),
    files: parameters.getAll('file[]'),
    excludesAlerts: parameters.get('exclude_alerts') === 'true',
  };
}

function isWanted(wanted: readonly string[], name: string): boolean {
  return wanted.length === 0 || wanted.includes(name);
}

interface GroupJson {
  readonly rules: readonly object[];
  readonly [field: string]: unknown;
}

function groupJson(group: RuleGroup, filter: RuleFilter): GroupJson {
  const { name, file, intervalMs, limit } = group.definition;
  const states = group.rules
    .filter(({ rule }) => filter.kind === undefined || rule.kind === filter.kind)
    .filter(({ rule }) => isWanted(filter.names, rule.name));
  const seconds = group.rules.reduce((sum, state) => sum + lastSeconds(state), 0);
  const head = { name, file, interval: intervalMs / 1000, limit };
  return {
    ...head,
    rules: states.map((state) => ruleJson(state, filter)),
    evaluationTime: seconds,
    lastEvaluation: isoTime(group.lastEvaluationMs),
  };
}

function ruleJson(state: RuleState, filter: RuleFilter): object {
  const { rule, health, lastError } = state;
  const common = {
    name: rule.name,
    query: rule.exprText,
    labels: rule.labels,
    health,
    ...(lastError === undefined ? {} : { lastError }),
    evaluationTime: lastSeconds(state),
    lastEvaluation: isoTime(state.evaluations[0]?.timeMs),
  };
  if (rule.kind === 'recording') return { ...common, type: 'recording' };
  const alerts = [...state.alerts.values()];
  return {
    ...common,
    type: 'alerting',
    state: ruleState(alerts),
    duration: rule.forMs / 1000,
    keepFiringFor: rule.keepFiringForMs / 1000,
    annotations: rule.annotations,
    alerts: filter.excludesAlerts ? [] : activeAlerts(alerts),
  };
}

function ruleState(alerts: readonly Alert[]): string {
  if (alerts.some(({ status }) => status === 'firing')) return 'firing';
  return alerts.some(({ status }) => status === 'pending') ? 'pending' : 'inactive';
}

function activeAlerts(alerts: readonly Alert[]): object[] {
  return alerts
    .filter(({ status }) => status !== 'inactive')
    .map((alert) => ({
      labels: alert.labels.toRecord(),
      annotations: alert.annotations,
      state: alert.status,
      activeAt: isoTime(alert.activeAtMs),
      ...(alert.keepFiringSinceMs === undefined
        ? {}
        : { keepFiringSince: isoTime(alert.keepFiringSinceMs) }),
      value: formatFloat(alert.value, 'exponent'),
    }));
}

function lastSeconds(state: RuleState): number {
  return (state.evaluations[0]?.durationMs ?? 0) / 1000;
}

/** Go's zero time stands for never. */
function isoTime(timeMs: number | undefined): string {
  return timeMs === undefined ? '0001-01-01T00:00:00Z' : new Date(timeMs).toISOString();
}
