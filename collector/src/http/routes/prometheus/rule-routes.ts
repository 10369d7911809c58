import { formatFloat } from '../../../model/format-float.ts';
import { printExpr } from '../../../promql/printer.ts';
import type { Alert } from '../../../rules/alert/alert-state.ts';
import type { RuleGroup, RuleState } from '../../../rules/group.ts';
import { JSON_TYPE, type Route, type ServerRequest, type ServerResponse } from '../../message.ts';
import { objectParts, slicedJson } from '../../sliced-json.ts';
import type { PrometheusApi } from './api.ts';
import { ApiError, answering } from './envelope.ts';
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
      handle: () => answering(() => sliced('alerts', allAlerts(api.groups()))),
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

/** A successful answer whose data is one long list. */
async function sliced(name: string, entries: Iterable<Iterable<string>>): Promise<ServerResponse> {
  const body = await slicedJson(successParts(objectParts({}, { name, entries })));
  return { status: 200, headers: JSON_TYPE, body };
}

function* successParts(data: Iterable<string>): Generator<string> {
  yield '{"status":"success","data":';
  yield* data;
  yield '}';
}

function* allAlerts(groups: readonly RuleGroup[]): Generator<Iterable<string>> {
  for (const group of groups) {
    for (const { alerts } of group.rules) yield* activeAlerts(alerts.values());
  }
}

function rules(api: PrometheusApi, request: ServerRequest): Promise<ServerResponse> {
  const filter = filterOf(parametersOf(request));
  const groups = api
    .groups()
    .filter(({ definition }) => isWanted(filter.groups, definition.name))
    .filter(({ definition }) => isWanted(filter.files, definition.file))
    .map((group) => ({ group, states: wantedStates(group, filter) }))
    .filter(({ states }) => states.length > 0 || filter.names.length + filter.groups.length === 0);
  return sliced(
    'groups',
    groups.map(({ group, states }) => groupParts(group, states, filter)),
  );
}

function wantedStates({ rules: all }: RuleGroup, filter: RuleFilter): readonly RuleState[] {
  return all
    .filter(({ rule }) => filter.kind === undefined || rule.kind === filter.kind)
    .filter(({ rule }) => isWanted(filter.names, rule.name));
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

function groupParts(
  group: RuleGroup,
  states: readonly RuleState[],
  filter: RuleFilter,
): Iterable<string> {
  const { name, file, intervalMs, limit } = group.definition;
  const entries = states.map((state) => ruleParts(state, filter));
  return objectParts(
    { name, file, interval: intervalMs / 1000, limit },
    { name: 'rules', entries },
    {
      evaluationTime: group.rules.reduce((sum, state) => sum + lastSeconds(state), 0),
      lastEvaluation: isoTime(group.lastEvaluationMs),
    },
  );
}

function ruleParts(state: RuleState, filter: RuleFilter): Iterable<string> {
  const { rule, health, lastError } = state;
  const common = {
    name: rule.name,
    query: printExpr(rule.expr),
    labels: rule.labels,
    health,
    ...(lastError === undefined ? {} : { lastError }),
    evaluationTime: lastSeconds(state),
    lastEvaluation: isoTime(state.evaluations[0]?.timeMs),
  };
  if (rule.kind === 'recording') return [JSON.stringify({ ...common, type: 'recording' })];
  const alerts = [...state.alerts.values()];
  const head = {
    ...common,
    type: 'alerting',
    state: ruleState(alerts),
    duration: rule.forMs / 1000,
    keepFiringFor: rule.keepFiringForMs / 1000,
    annotations: rule.annotations,
  };
  const entries = filter.excludesAlerts ? [] : activeAlerts(alerts);
  return objectParts(head, { name: 'alerts', entries });
}

function ruleState(alerts: readonly Alert[]): string {
  if (alerts.some(({ status }) => status === 'firing')) return 'firing';
  return alerts.some(({ status }) => status === 'pending') ? 'pending' : 'inactive';
}

function* activeAlerts(alerts: Iterable<Alert>): Generator<readonly string[]> {
  for (const alert of alerts) if (alert.status !== 'inactive') yield [alertText(alert)];
}

function alertText(alert: Alert): string {
  return JSON.stringify({
    labels: alert.labels.toRecord(),
    annotations: alert.annotations,
    state: alert.status,
    activeAt: isoTime(alert.activeAtMs),
    ...(alert.keepFiringSinceMs === undefined
      ? {}
      : { keepFiringSince: isoTime(alert.keepFiringSinceMs) }),
    value: formatFloat(alert.value, 'exponent'),
  });
}

function lastSeconds(state: RuleState): number {
  return (state.evaluations[0]?.durationMs ?? 0) / 1000;
}

/** Go's zero time stands for never. */
function isoTime(timeMs: number | undefined): string {
  return timeMs === undefined ? '0001-01-01T00:00:00Z' : new Date(timeMs).toISOString();
}
