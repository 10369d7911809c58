import type { MetricProducer } from '@opentelemetry/sdk-metrics';

import { sharedState } from '@telltale/core';
import {
  createDriftMetricProducer,
  DriftMonitor,
  type MetricTemporality,
} from '@telltale/instrumentation-drift';

import { type Config, loadConfig } from '../config.ts';
import { monitorOptions } from './monitor-options.ts';

/** The drift monitor of the process: one for all copies of this package. */
export function driftMonitor(
  config: Config = loadConfig({ env: process.env, folder: process.cwd() }),
): DriftMonitor {
  return sharedState('telltale.drift', () => new DriftMonitor(monitorOptions(config)));
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
