import {
  type DriftOptions,
  deferred,
  falseAlarmOptions,
  profileOptions,
  type StreamSettings,
} from '@telltale/instrumentation-drift';

import { folderOfProcess } from '../config/process-folder.ts';
import type { Config } from '../config.ts';
import { report } from '../diagnostics.ts';

/** The options of the monitor: what is not set is left to the profile, and that to the package. */
export function monitorOptions(config: Config): Partial<DriftOptions> {
  const profile = config.text('drift.profile') === 'short' ? 'short' : 'standard';
  const defaults = profileOptions(profile);
  const number = (key: string): number | undefined =>
    config.isSet(`drift.${key}`) ? config.number(`drift.${key}`) : undefined;
  const every = config.isSet('drift.false_alarm_every')
    ? falseAlarmOptions(config.text('drift.false_alarm_every') ?? '')
    : undefined;
  return {
    profile,
    streams: streamSettings(config),
    ...given({
      window: number('window'),
      ...thresholds(config, defaults),
      thinning: number('thinning'),
      streamsMax: number('streams_max'),
      seed: number('seed'),
    }),
    ...every,
    baseline: {
      size: number('baseline.size') ?? defaults.baseline.size,
      warmup: number('baseline.warmup') ?? defaults.baseline.warmup,
      ...given({ sizeMax: number('baseline.size_max') ?? defaults.baseline.sizeMax }),
    },
    decision: config.text('drift.decision') === 'threshold' ? 'threshold' : 'evidence',
    ...given({
      metric: config.text('drift.metric') as DriftOptions['metric'] | undefined,
      compare: config.text('drift.compare') as DriftOptions['compare'] | undefined,
      sampleBy: config.get('drift.sample_by') as DriftOptions['sampleBy'] | undefined,
    }),
    seasonal: config.text('drift.seasonal') === 'hour-of-week' ? 'hour-of-week' : 'none',
    stateDir: folderOfProcess(config.text('drift.state_dir')),
    schedule: deferred(),
    onDiagnostic: ({ code, message }) => report(`drift ${code}`, `drift: ${message}`),
  };
}

type Thresholds = Pick<DriftOptions, 'driftThreshold' | 'alertThreshold'>;

/** An order that makes no sense is a problem of the configuration and told there. */
function thresholds(config: Config, defaults: Thresholds): Partial<Thresholds> {
  const isSet = (key: string): boolean => config.isSet(`drift.${key}`);
  const drift = isSet('drift_threshold') ? config.number('drift.drift_threshold') : undefined;
  const alert = isSet('alert_threshold') ? config.number('drift.alert_threshold') : undefined;
  const driftThreshold = drift ?? defaults.driftThreshold;
  return {
    driftThreshold,
    alertThreshold: Math.max(driftThreshold, alert ?? defaults.alertThreshold),
  };
}

/** Without what is not there: an option that is `undefined` would hide its default. */
function given<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

type Fields = Readonly<Record<string, string | number | boolean | readonly string[]>>;

function streamSettings(config: Config): Readonly<Record<string, StreamSettings>> {
  const all = Object.entries(config.settings('drift.streams'));
  return Object.fromEntries(all.map(([name, fields]) => [name, settingsOf(fields)]));
}

function settingsOf(fields: Fields): StreamSettings {
  const number = (key: string): number | undefined => {
    const value = fields[key];
    return typeof value === 'number' ? value : undefined;
  };
  const { profile, thinning, classes, false_alarm_every: every } = fields;
  return given({
    profile: profile === 'short' || profile === 'standard' ? profile : undefined,
    window: number('window'),
    driftThreshold: number('drift_threshold'),
    alertThreshold: number('alert_threshold'),
    baselineSize: number('baseline_size'),
    thinning: thinning === 'auto' ? thinning : number('thinning'),
    classes: Array.isArray(classes) ? (classes as readonly string[]) : undefined,
    ...(every === undefined ? {} : falseAlarmOptions(String(every))),
  } satisfies { [K in keyof StreamSettings]: StreamSettings[K] | undefined });
}
