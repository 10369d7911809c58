import { compareUtf8 } from '../../model/labels.ts';
import { timeValue, ZERO_TIME_MS } from '../../model/template/time/go-time.ts';
import {
  type GoFunction,
  type ListValue,
  list,
  type MapValue,
  type ObjectValue,
  textOf,
  type Value,
} from '../../model/template/value.ts';
import { commonPairs } from '../stages/common-pairs.ts';
import { isFiring, type Notification, type NotifiedAlert } from '../stages/notification.ts';

type Pairs = Readonly<Record<string, string>>;

/**
 * What a template of a notification sees: Alertmanager's data by Alertmanager's names, and beyond
 * it `.Escalation`, and of each alert `.Links`, `.Drift`, `.Value` and `.TraceID`.
 */
export function templateData(notification: Notification): ObjectValue {
  const { alerts } = notification;
  return {
    kind: 'object',
    typeName: '*template.Data',
    fields: {
      Receiver: quoteMeta(notification.receiver),
      Status: alerts.some(isFiring) ? 'firing' : 'resolved',
      Alerts: alertsValue(alerts),
      NotificationReason: notification.reason,
      GroupLabels: pairsValue(notification.groupLabels),
      CommonLabels: pairsValue(commonPairs(alerts.map(({ labels }) => labels))),
      CommonAnnotations: pairsValue(commonPairs(alerts.map(({ annotations }) => annotations))),
      RouteLabels: pairsValue(notification.routeLabels ?? {}),
      ExternalURL: notification.externalUrl,
      Escalation: escalationValue(notification.escalation),
    },
    jsonNames: DATA_JSON_NAMES,
  };
}

const DATA_JSON_NAMES: Pairs = {
  Receiver: 'receiver',
  Status: 'status',
  Alerts: 'alerts',
  NotificationReason: 'notification_reason',
  GroupLabels: 'groupLabels',
  CommonLabels: 'commonLabels',
  CommonAnnotations: 'commonAnnotations',
  RouteLabels: 'routeLabels',
  ExternalURL: 'externalURL',
  Escalation: 'escalation',
};

/** Alertmanager shows a receiver's name as a regular expression that matches it. */
function quoteMeta(text: string): string {
  return text.replaceAll(/[\\.+*?()|[\]{}^$]/gu, '\\$&');
}

function escalationValue(escalation: Notification['escalation']): Value {
  if (escalation === undefined) return undefined;
  const fields = { Policy: escalation.policy, Step: BigInt(escalation.step) };
  return { kind: 'object', typeName: 'template.Escalation', fields };
}

const ALERT_LIST = '[]template.Alert';

function alertsValue(alerts: readonly NotifiedAlert[]): ListValue {
  const items = alerts.map((alert) => [isFiring(alert), alertValue(alert)] as const);
  const only = (isWanted: boolean): GoFunction => {
    const kept = items.filter(([isOne]) => isOne === isWanted).map(([, value]) => value);
    return getter(list(ALERT_LIST, kept));
  };
  return {
    kind: 'list',
    typeName: 'template.Alerts',
    items: items.map(([, value]) => value),
    methods: { Firing: only(true), Resolved: only(false) },
  };
}

function alertValue(alert: NotifiedAlert): ObjectValue {
  const { links = {}, drift } = alert;
  return {
    kind: 'object',
    typeName: 'template.Alert',
    fields: {
      Status: isFiring(alert) ? 'firing' : 'resolved',
      Labels: pairsValue(alert.labels),
      Annotations: pairsValue(alert.annotations),
      StartsAt: timeValue(alert.startsAtMs),
      EndsAt: timeValue(alert.endsAtMs ?? ZERO_TIME_MS),
      GeneratorURL: alert.generatorUrl,
      Fingerprint: alert.fingerprint,
    },
    // Fields of ours are methods, so that an alert prints and becomes JSON as Alertmanager's does.
    methods: {
      Links: getter({
        kind: 'object',
        typeName: 'template.Links',
        fields: {
          Page: links.page ?? '',
          Runbook: links.runbook ?? '',
          Trace: links.trace ?? '',
        },
      }),
      Drift: getter(driftValue(drift)),
      Value: getter(alert.value),
      TraceID: getter(alert.traceId ?? ''),
    },
    jsonNames: ALERT_JSON_NAMES,
  };
}

const ALERT_JSON_NAMES: Pairs = {
  Status: 'status',
  Labels: 'labels',
  Annotations: 'annotations',
  StartsAt: 'startsAt',
  EndsAt: 'endsAt',
  GeneratorURL: 'generatorURL',
  Fingerprint: 'fingerprint',
};

function driftValue(drift: NotifiedAlert['drift']): Value {
  if (drift === undefined) return undefined;
  return {
    kind: 'object',
    typeName: 'template.Drift',
    fields: {
      Feature: drift.feature,
      Score: drift.score,
      Detector: drift.detector ?? '',
      Since: timeValue(drift.sinceMs),
    },
  };
}

/** Alertmanager's `KV`: a map of texts with methods, which prints as `a=b, c=d`. */
function pairsValue(record: Pairs): MapValue {
  const pairs = sortedPairs(record);
  return {
    kind: 'map',
    typeName: 'template.KV',
    entries: new Map(Object.entries(record)),
    zero: '',
    text: textOfPairs(pairs),
    methods: {
      SortedPairs: getter(sortedPairsValue(pairs)),
      Names: getter(names(pairs)),
      Values: getter(values(pairs)),
      String: getter(textOfPairs(pairs)),
      Remove: {
        parameters: ['[]string'],
        call: ([removed]) => {
          const items = typeof removed === 'object' && removed.kind === 'list' ? removed.items : [];
          const gone = new Set(items.map(textOf));
          const kept = Object.entries(record).filter(([name]) => !gone.has(name));
          return pairsValue(Object.fromEntries(kept));
        },
      },
    },
  };
}

type Pair = readonly [name: string, value: string];

/** By name, `alertname` first. */
function sortedPairs(record: Pairs): readonly Pair[] {
  const rank = (name: string): number => (name === 'alertname' ? 0 : 1);
  return Object.entries(record).sort(
    ([left], [right]) => rank(left) - rank(right) || compareUtf8(left, right),
  );
}

function sortedPairsValue(pairs: readonly Pair[]): ListValue {
  const items = pairs.map(
    ([Name, Value]): ObjectValue => ({
      kind: 'object',
      typeName: 'template.Pair',
      fields: { Name, Value },
    }),
  );
  const methods = {
    Names: getter(names(pairs)),
    Values: getter(values(pairs)),
    String: getter(textOfPairs(pairs)),
  };
  return { kind: 'list', typeName: 'template.Pairs', items, methods, text: textOfPairs(pairs) };
}

function names(pairs: readonly Pair[]): ListValue {
  return list(
    '[]string',
    pairs.map(([name]) => name),
  );
}

function values(pairs: readonly Pair[]): ListValue {
  return list(
    '[]string',
    pairs.map(([, value]) => value),
  );
}

function textOfPairs(pairs: readonly Pair[]): string {
  return pairs.map(([name, value]) => `${name}=${value}`).join(', ');
}

function getter(value: Value): GoFunction {
  return { parameters: [], call: () => value };
}
