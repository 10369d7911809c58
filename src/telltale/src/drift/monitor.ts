import type { MetricProducer } from '@opentelemetry/sdk-metrics';

import { sharedState } from '@telltale/core';
import {
  BASELINE_SIZE_MAX,
  createDriftMetricProducer,
  DRIFT_DEFAULTS,
  DriftMonitor,
  type DriftOptions,
  deferred,
  falseAlarmOptions,
  type MetricTemporality,
} from '@telltale/instrumentation-drift';

import { folderOfProcess } from '../config/process-folder.ts';
import { type Config, loadConfig } from '../config.ts';
import { report } from '../diagnostics.ts';

/** The drift monitor of the process: one for all copies of this package. */
export function driftMonitor(
  config: Config = loadConfig({ env: process.env, folder: process.cwd() }),
): DriftMonitor {
  return sharedState('telltale.drift', () => new DriftMonitor(driftOptions(config)));
}

/** Sources of the histograms of values, for one metric reader. */
export const createDriftProducers = (
  config: Config,
  temporality: MetricTemporality,
): readonly MetricProducer[] =>
  wantsDrift(config) ? [createDriftMetricProducer(driftMonitor(config), temporality)] : [];

/** Whether drift is watched in this process. */
export const wantsDrift = (config: Config): boolean =>
  config.list('instrumentations').includes('drift');

function driftOptions(config: Config): Partial<DriftOptions> {
  const number = (key: string, otherwise: number): number =>
    config.number(`drift.${key}`) ?? otherwise;
  const { baseline, ...rest } = DRIFT_DEFAULTS;
  const driftThreshold = number('drift_threshold', rest.driftThreshold);
  return {
    window: number('window', rest.window),
    driftThreshold,
    // An order that makes no sense is a problem of the configuration and told there.
    alertThreshold: Math.max(driftThreshold, number('alert_threshold', rest.alertThreshold)),
    ...falseAlarmOptions(config.text('drift.false_alarm_every') ?? ''),
    decision: config.text('drift.decision') === 'threshold' ? 'threshold' : 'evidence',
    metric: (config.text('drift.metric') ?? rest.metric) as DriftOptions['metric'],
    compare: (config.text('drift.compare') ?? rest.compare) as DriftOptions['compare'],
    seasonal: config.text('drift.seasonal') === 'hour-of-week' ? 'hour-of-week' : 'none',
    sampleBy: (config.get('drift.sample_by') ?? rest.sampleBy) as DriftOptions['sampleBy'],
    baseline: {
      size: number('baseline.size', baseline.size),
      warmup: number('baseline.warmup', baseline.warmup),
      sizeMax: number('baseline.size_max', BASELINE_SIZE_MAX),
    },
    thinning: config.number('drift.thinning') ?? 'auto',
    ...(config.isSet('drift.streams_max')
      ? { streamsMax: number('streams_max', rest.streamsMax) }
      : {}),
    seed: number('seed', rest.seed),
    stateDir: folderOfProcess(config.text('drift.state_dir')),
    schedule: deferred(),
    onDiagnostic: ({ code, message }) => report(`drift ${code}`, `drift: ${message}`),
  };
}
