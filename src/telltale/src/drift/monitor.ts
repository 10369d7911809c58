import { sharedState } from '@telltale/core';
import {
  DRIFT_DEFAULTS,
  DriftMonitor,
  type DriftOptions,
  deferred,
} from '@telltale/instrumentation-drift';

import { type Config, loadConfig } from '../config.ts';

/** The drift monitor of the process: one for all copies of this package. */
export function driftMonitor(
  config: Config = loadConfig({ env: process.env, folder: process.cwd() }),
): DriftMonitor {
  return sharedState('telltale.drift', () => new DriftMonitor(driftOptions(config)));
}

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
    falseAlarmEvery: number('false_alarm_every', rest.falseAlarmEvery),
    baseline: {
      size: number('baseline.size', baseline.size),
      warmup: number('baseline.warmup', baseline.warmup),
    },
    thinning: config.number('drift.thinning') ?? 'auto',
    streamsMax: number('streams_max', rest.streamsMax),
    seed: number('seed', rest.seed),
    schedule: deferred(),
  };
}
