import { isAbsolute, join } from 'node:path';

import type { Receiver } from '../notify/channels/channel.ts';
import type { ChannelSetup } from '../notify/channels/kind.ts';
import type { EscalationPolicy } from '../notify/stages/escalation/policy.ts';
import { LabelMatchers, parseMatchers } from '../notify/stages/matching/label-matchers.ts';
import type { Route } from '../notify/stages/routing/route.ts';
import { type AlertmanagerConfig, loadAlertmanagerFile } from './alertmanager/load.ts';
import { ConfigError, type ConfigProblem } from './config-error.ts';
import type { CollectorConfig } from './schema/collector-config.ts';
import { createReceivers } from './settings.ts';

/** Who is told of what, from `telltale.yaml` and the `alertmanager.yml` that it names. */
export interface NotifySet {
  /** Absent without a file: every receiver of `telltale.yaml` gets every alert. */
  readonly alertmanager: AlertmanagerConfig | undefined;
  readonly root: Route;
  readonly policies: readonly EscalationPolicy[];
  /** Makes every channel: of the file, then of `telltale.yaml`. */
  createReceivers(setup: ChannelSetup): readonly Receiver[];
}

const RANKS = ['INFO', 'WARNING', 'ERROR', 'CRITICAL'] as const;

/** How often groups of the implicit route are looked at when none of their alerts changes. */
const IMPLICIT_INTERVAL_MS = 30_000;

/** @throws {ConfigError} with every problem of `alertmanager.yml` and of what refers to it. */
export function loadNotifySet(config: CollectorConfig, folder: string): NotifySet {
  const alertmanager = loadFile(config, folder);
  const problems: ConfigProblem[] = [];
  const policies = escalationPolicies(config, problems);
  checkNames(config, alertmanager, problems);
  if (problems.length > 0) throw new ConfigError(problems);
  const ours = alertmanager === undefined ? config : withoutIdleLog(config);
  return {
    alertmanager,
    root: alertmanager?.root ?? implicitRoute(config),
    policies,
    createReceivers: (setup) => [
      ...(alertmanager?.receivers ?? []).map((receiver) => receiver.create(setup)),
      ...createReceivers(ours, setup),
    ],
  };
}

/** The log is the receiver of a service that names none; beside a file of routes it is not needed. */
function withoutIdleLog(config: CollectorConfig): CollectorConfig {
  const { receivers, fallback_receiver: fallback } = config.notify;
  const steps = Object.values(config.escalation.policies).flatMap((policy) => policy.steps);
  const named = new Set([fallback, ...steps.flatMap((step) => step.receivers)]);
  const kept = receivers.filter(({ name, type }) => type !== 'log' || named.has(name));
  return { ...config, notify: { ...config.notify, receivers: kept } };
}

function loadFile(config: CollectorConfig, folder: string): AlertmanagerConfig | undefined {
  const { alertmanager_config: name } = config;
  if (name === undefined) return undefined;
  const path = isAbsolute(name) ? name : join(folder, name);
  const ignoresUnsupported = config.notify.ignore_unsupported_receivers;
  return loadAlertmanagerFile(path, { ignoresUnsupported, name, relativeTo: folder });
}

/** The route of a configuration without `alertmanager.yml`. */
function implicitRoute({ notify }: CollectorConfig): Route {
  const { group_by: groupBy, repeat_interval: repeatIntervalMs, receivers } = notify;
  return {
    key: '{}',
    id: '{}',
    matchers: new LabelMatchers([]),
    continues: false,
    receivers: receivers.map(({ name }) => name),
    groupBy: groupBy.includes('...') ? 'all' : new Set(groupBy),
    groupWaitMs: 0,
    groupIntervalMs: IMPLICIT_INTERVAL_MS,
    repeatIntervalMs,
    muteIntervals: [],
    activeIntervals: [],
    labels: {},
    isImmediate: true,
    routes: [],
  };
}

function escalationPolicies(
  { escalation }: CollectorConfig,
  problems: ConfigProblem[],
): readonly EscalationPolicy[] {
  return Object.entries(escalation.policies).flatMap(([name, policy]): EscalationPolicy[] => {
    try {
      return [
        {
          name,
          matchers: new LabelMatchers(policy.matchers.flatMap((each) => parseMatchers(each))),
          steps: policy.steps.map(({ after: afterMs, receivers }) => ({ afterMs, receivers })),
          repeat: policy.repeat,
          rankMin: RANKS.indexOf(policy.min_severity),
        },
      ];
    } catch (error) {
      const path = `collector.escalation.policies.${name}.matchers`;
      const message = `Cannot use this value: ${(error as Error).message}`;
      problems.push({ file: 'telltale.yaml', path, message });
      return [];
    }
  });
}

/** Receivers that `telltale.yaml` names must be in one of the two files, and in one only. */
function checkNames(
  config: CollectorConfig,
  alertmanager: AlertmanagerConfig | undefined,
  problems: ConfigProblem[],
): void {
  const theirs = new Set((alertmanager?.receivers ?? []).map(({ name }) => name));
  const ours = config.notify.receivers.map(({ name }) => name);
  const add = (path: string, message: string): void => {
    problems.push({ file: 'telltale.yaml', path, message });
  };
  for (const [index, name] of ours.entries()) {
    if (!theirs.has(name)) continue;
    const message = `Cannot use "${name}" here: ${config.alertmanager_config} has a receiver of that name`;
    add(`collector.notify.receivers[${index}].name`, message);
  }
  const known = new Set([...theirs, ...ours]);
  const check = (path: string, name: string): void => {
    if (!known.has(name)) add(path, `Unknown receiver "${name}"`);
  };
  const { fallback_receiver: fallback } = config.notify;
  if (fallback !== undefined) check('collector.notify.fallback_receiver', fallback);
  for (const name of Object.keys(config.notify.signing_secret_files)) {
    check(`collector.notify.signing_secret_files.${name}`, name);
  }
  for (const [policy, { steps }] of Object.entries(config.escalation.policies)) {
    for (const [index, { receivers }] of steps.entries()) {
      const path = `collector.escalation.policies.${policy}.steps[${index}].receivers`;
      for (const name of receivers) check(path, name);
    }
  }
}
