import type { AlertStatus } from '../../../exchange/alert-status.ts';
import type { Labels } from '../../../model/labels.ts';
import { fingerprint } from '../../../notify/stages/fingerprint.ts';
import type { Expr } from '../../../promql/ast.ts';
import { comparedSides } from '../../../promql/compared-sides.ts';
import { printExpr } from '../../../promql/printer.ts';
import type { Alert } from '../../../rules/alert/alert-state.ts';
import type { RuleGroup } from '../../../rules/group.ts';
import type { Rule } from '../../../rules/rule.ts';
import type { MonitoringApi } from './api.ts';
import { isoTime } from './parameters.ts';

/** An alert as `/monitoring/alerts` tells it. */
export interface AlertJson {
  readonly id: string;
  readonly alertname: string;
  readonly severity: string;
  readonly state: 'pending' | 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly receivers: readonly string[];
  readonly ack: object | null;
  readonly [field: string]: unknown;
}

/** Alerts of rules in the order of their rules, then those that others posted. */
export function allAlerts(api: MonitoringApi): readonly AlertJson[] {
  return alertsOf(api, api.alerts(), () => true);
}

/** The alerts with these ids, in the same order; what is not known is left out. */
export function someAlerts(api: MonitoringApi, ids: ReadonlySet<string>): readonly AlertJson[] {
  const statuses = [...ids].flatMap((id) => api.alert(id) ?? []);
  return alertsOf(api, statuses, (id) => ids.has(id));
}

function alertsOf(
  api: MonitoringApi,
  known: readonly AlertStatus[],
  isWanted: (id: string) => boolean,
): readonly AlertJson[] {
  const statuses = new Map(known.map((status) => [status.record.alert.fingerprint, status]));
  const ofRules = api.groups().flatMap((group) =>
    group.rules.flatMap((state) => {
      return [...state.alerts.values()].flatMap((alert) => {
        const named = identityOf(alert.labels);
        if (!isWanted(named.id)) return [];
        const status = statuses.get(named.id);
        statuses.delete(named.id);
        return [ruleAlertJson(api, { group, state, alert, named, status })];
      });
    }),
  );
  return [...ofRules, ...[...statuses.values()].map((status) => statusJson(status))];
}

/** One alert; `undefined` when none has the id. */
export function oneAlert(api: MonitoringApi, id: string): AlertJson | undefined {
  return someAlerts(api, new Set([id])).at(0);
}

interface RuleAlert {
  readonly group: RuleGroup;
  readonly state: RuleGroup['rules'][number];
  readonly alert: Alert;
  readonly named: Identity;
  readonly status: AlertStatus | undefined;
}

interface Identity {
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Kept with the labels: a page of thousands of alerts is read again and again. */
const identities = new WeakMap<Labels, Identity>();

function identityOf(labels: Labels): Identity {
  const known = identities.get(labels);
  if (known !== undefined) return known;
  const record = labels.toRecord();
  const made = { id: fingerprint(record), labels: record };
  identities.set(labels, made);
  return made;
}

function ruleAlertJson(
  api: MonitoringApi,
  { group, state: { rule }, alert, named: { id, labels }, status }: RuleAlert,
): AlertJson {
  const isPending = alert.status === 'pending' || status === undefined;
  return {
    ...(isPending ? UNTOLD : statusJson(status)),
    id,
    alertname: rule.name,
    severity: api.severityOf(labels),
    state: stateName(alert, status),
    labels,
    annotations: alert.annotations,
    value: String(alert.value),
    activeAt: isoTime(alert.activeAtMs),
    firedAt: isoTime(alert.firedAtMs),
    resolvedAt: isoTime(alert.resolvedAtMs ?? latchedAt(status)),
    held: alert.heldSinceMs !== undefined,
    rule: ruleJson(group, rule),
  };
}

/** The same for every alert of a rule, of which there may be thousands. */
const ruleJsons = new WeakMap<Rule, object>();

function ruleJson({ definition: { file, name } }: RuleGroup, rule: Rule): object {
  const known = ruleJsons.get(rule) ?? {
    file,
    group: name,
    query: rule.exprText,
    labels: rule.labels,
    forMs: rule.kind === 'alerting' ? rule.forMs : 0,
    plot: plotJson(rule.expr),
  };
  ruleJsons.set(rule, known);
  return known;
}

/** What a plot of the rule shows: the measured side, and its threshold as a line. */
function plotJson(expr: Expr): object | null {
  const sides = comparedSides(expr);
  if (sides === undefined) return null;
  const { measured, comparison, threshold } = sides;
  return { query: printExpr(measured), comparison, threshold: printExpr(threshold) };
}

/** What is known of an alert that no receiver can have heard of. */
const UNTOLD = {
  episode: null,
  source: 'rule',
  receivers: [] as readonly string[],
  groupKeys: [] as readonly string[],
  inhibitedBy: [] as readonly string[],
  silencedBy: [] as readonly string[],
  mutedBy: [] as readonly string[],
  ack: null,
  latch: null,
  escalation: null,
  flapping: false,
  traceId: null,
  links: {},
  drift: null,
};

function stateName({ status: own }: Alert, status: AlertStatus | undefined): AlertJson['state'] {
  if (own === 'pending') return 'pending';
  return own === 'inactive' || status?.isLatched === true ? 'resolved' : 'firing';
}

function latchedAt(status: AlertStatus | undefined): number | undefined {
  return status?.isLatched === true ? status.record.latch?.atMs : undefined;
}

function statusJson(status: AlertStatus): AlertJson {
  const { alert, endsAtMs, episodeMs, source } = status.record;
  const isShown = status.isFiring && !status.isLatched;
  return {
    id: alert.fingerprint,
    episode: String(episodeMs),
    alertname: alert.labels['alertname'] ?? '',
    severity: status.severity,
    state: isShown ? 'firing' : 'resolved',
    source: source === 'own' ? 'rule' : 'posted',
    labels: alert.labels,
    annotations: alert.annotations,
    value: alert.value === undefined ? null : String(alert.value),
    activeAt: isoTime(alert.startsAtMs),
    firedAt: isoTime(alert.startsAtMs),
    resolvedAt: isShown ? null : isoTime(latchedAt(status) ?? endsAtMs),
    held: false,
    generatorUrl: alert.generatorUrl,
    ...whoHearsJson(status),
    ...explanationJson(status),
    rule: null,
  };
}

/** Who hears of the alert, and what keeps them from it. */
function whoHearsJson(status: AlertStatus): {
  readonly receivers: readonly string[];
  readonly ack: object | null;
  readonly [field: string]: unknown;
} {
  const { record, escalation } = status;
  return {
    receivers: status.receivers,
    groupKeys: status.groupKeys,
    inhibitedBy: status.inhibitedBy,
    silencedBy: status.silencedBy,
    mutedBy: status.mutedBy,
    ack: status.isAcknowledged ? ackJson(record.ack) : null,
    latch: status.isLatched ? ackJson(record.latch) : null,
    escalation:
      escalation === undefined ? null : { ...escalation, dueAt: isoTime(escalation.dueMs) },
    flapping: status.isFlapping,
  };
}

/** Where a reader goes on. */
function explanationJson({ described }: AlertStatus): object {
  return {
    traceId: described.traceId ?? null,
    links: described.links ?? {},
    drift: described.drift ?? null,
  };
}

function ackJson(
  said:
    | {
        readonly by: string;
        readonly atMs: number;
        readonly comment: string;
        readonly expiresMs?: number;
        readonly untilMs?: number;
      }
    | undefined,
): object | null {
  if (said === undefined) return null;
  const { by, comment, atMs, expiresMs, untilMs } = said;
  return { by, comment, at: isoTime(atMs), until: isoTime(expiresMs ?? untilMs) };
}
