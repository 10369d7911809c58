import type { Board } from '../board.ts';
import { NONE_EXPECTED, rising } from '../colors.ts';
import type { PanelSpec } from '../panels/panel.ts';
import { barchart, stat, stateTimeline, table, timeseries } from '../panels/short.ts';
import { aggregate, events, rate, select } from '../queries/expressions.ts';
import { FOREIGN } from '../queries/foreign.ts';

const FIRING = 'alertstate="firing"';
const firing = select(FOREIGN.alerts, FIRING);

const now: readonly PanelSpec[] = [
  stat('Firing', [{ expr: `count(${firing}) or vector(0)` }], {
    unit: 'short',
    source: 'alerts',
    thresholds: NONE_EXPECTED,
    description: 'Alerts that fire, label sets counted. Red: the table below, oldest first.',
  }),
  stat(
    'Pending',
    [{ expr: `count(${select(FOREIGN.alerts, 'alertstate="pending"')}) or vector(0)` }],
    {
      unit: 'short',
      source: 'alerts',
      thresholds: [{ color: 'green' }, { from: 1, color: 'orange' }],
      description: 'Conditions that hold, but not for long enough yet.',
    },
  ),
  stat(
    'Firing by severity',
    [{ expr: `count by (severity) (${firing})`, legend: '{{severity}}' }],
    {
      unit: 'short',
      source: 'alerts',
      width: 8,
      thresholds: NONE_EXPECTED,
      description: 'Take critical first.',
    },
  ),
  stat(
    'Alerts by state',
    [{ expr: aggregate('sum', FOREIGN.serviceAlerts, { by: ['state'] }), legend: '{{state}}' }],
    {
      unit: 'short',
      width: 8,
      description: 'What the alert service holds, by state.',
    },
  ),
  table(
    'Firing now, with age',
    [
      {
        expr: `sort_desc((time() - ${select(FOREIGN.alertsForState)}) and ignoring (alertstate) ${firing})`,
      },
    ],
    {
      unit: 's',
      source: 'alerts',
      width: 24,
      columns: {
        alertname: 'Alert',
        severity: 'Severity',
        service_name: 'Service',
        ml_model_name: 'Model',
        Value: 'Since (s)',
      },
      description: 'Each alert that fires, and how long its condition has held.',
    },
  ),
];

const past: readonly PanelSpec[] = [
  stateTimeline(
    'Timeline',
    [
      {
        expr: aggregate('max', FOREIGN.alerts, { by: ['alertname'], where: FIRING }),
        legend: '{{alertname}}',
      },
    ],
    {
      unit: 'none',
      texts: [{ value: '1', text: 'firing', color: 'red' }],
      width: 24,
      description: 'When which alert fired.',
    },
  ),
  timeseries(
    'Alert rate by name',
    [{ expr: `count by (alertname) (${firing})`, legend: '{{alertname}}' }],
    {
      unit: 'short',
      description:
        'Label sets that fire, by alert. Many at once: one cause; look at what they share.',
    },
  ),
  timeseries(
    'Alert rate by severity',
    [{ expr: `count by (severity) (${firing})`, legend: '{{severity}}' }],
    {
      unit: 'short',
      description: 'Label sets that fire, by severity.',
    },
  ),
  barchart(
    'Share of the time firing',
    [{ expr: `max by (alertname) (avg_over_time(${firing}[$__range]))`, legend: '{{alertname}}' }],
    {
      unit: 'percentunit',
      max: 1,
      description:
        'Alerts that fire most. One that always fires is no alert: mend it or delete it.',
    },
  ),
  {
    title: 'Alert list of all sources',
    kind: 'alert-list',
    unit: 'none',
    targets: [],
    description: 'Grafana’s own list: rules of every connected source.',
  },
  timeseries(
    'Changes of alert states',
    [{ expr: events(FOREIGN.serviceTransitions), legend: 'changes' }],
    {
      unit: 'short',
      width: 12,
      description:
        'Many in a short time: an alert that flaps; lengthen its `for` or use `keep_firing_for`.',
    },
  ),
];

const engine: readonly PanelSpec[] = [
  timeseries(
    'Rule evaluations',
    [{ expr: rate(FOREIGN.serviceRuleEvaluations), legend: 'evaluations' }],
    {
      unit: 'cps',
      description: 'Evaluations of rule groups, in slots and on arrival.',
    },
  ),
  timeseries(
    'Time spent on rules',
    [{ expr: rate(FOREIGN.serviceRuleTime), legend: 'evaluating' }],
    {
      unit: 'percentunit',
      thresholds: rising(0.3, 0.7),
      description: 'Share of one CPU. Red: longer intervals, fewer series, or a second service.',
    },
  ),
  timeseries(
    'Rules that failed or were missed',
    [
      { expr: events(FOREIGN.serviceRuleErrors), legend: 'failed' },
      { expr: events(FOREIGN.serviceRuleMissed), legend: 'missed' },
    ],
    {
      unit: 'short',
      thresholds: NONE_EXPECTED,
      description: 'Above zero: GET /api/v1/rules names the rule and its error.',
    },
  ),
  timeseries(
    'Notifications',
    [{ expr: rate(FOREIGN.serviceNotifications, { by: ['outcome'] }), legend: '{{outcome}}' }],
    {
      unit: 'cps',
      description: 'Attempts and ends of messages. Failures: see the receiver’s last error.',
    },
  ),
  timeseries(
    'Messages that wait',
    [{ expr: aggregate('sum', FOREIGN.serviceWaiting), legend: 'waiting' }],
    {
      unit: 'short',
      thresholds: rising(10, 100),
      description: 'Not delivered yet. Growing: a receiver is down or limits the rate.',
    },
  ),
  timeseries(
    'Alertmanager sent and failed',
    [
      { expr: rate(FOREIGN.alertmanagerSent, { by: ['integration'] }), legend: '{{integration}}' },
      {
        expr: rate(FOREIGN.alertmanagerFailed, { by: ['integration'] }),
        legend: '{{integration}} failed',
      },
    ],
    { unit: 'cps', description: 'Where an Alertmanager sends the messages.' },
  ),
];

/** What fires, since when, and does the machinery work? */
export const ALERTS: Board = {
  uid: 'telltale-alerts',
  title: 'Telltale: Alerts',
  description: 'What fires, since when, and whether rules and messages work.',
  variables: ['datasource', 'alerts'],
  annotations: [],
  rows: [
    { title: 'Now', panels: now },
    { title: 'What happened', panels: past },
    { title: 'Rules and messages', panels: engine },
  ],
};
