import { sharedState } from '@telltale/core';
import { startInterval } from '@telltale/instrument';
import {
  type BaselineSources,
  type BaselineSourcesOptions,
  createDriftObserver,
  type DriftObserverOptions,
  type DriftPublication,
  decisionWarning,
  driftRoutes,
  loadState,
  type PerformanceOptions,
  publishDrift,
  saveState,
  useBaselineSources,
} from '@telltale/instrumentation-drift';

import type { Config } from '../config.ts';
import { report } from '../diagnostics.ts';
import { monitor as showAtEndpoints } from '../http/serving/monitoring.ts';
import { decisionThreshold, realisedPerformance } from '../record/feedback/feedback-performance.ts';
import { addSave } from '../shutdown.ts';
import { driftMonitor, wantsDrift } from './monitor.ts';
import { addRunObserver } from '@telltale/instrumentation-onnxruntime/observer';

/** State is saved this often; a killed process loses at most one interval. */
const SAVE_EVERY_MS = 60_000;

/** What the application labelled tells whether the truth moved away from the confidences. */
const PERFORMANCE: PerformanceOptions = {
  realised: realisedPerformance,
  decisionThreshold: ({ model, version }) => decisionThreshold(model, version),
};

/**
 * Watches what models answer, and what they are given where that is asked for. Call it before the
 * SDK starts: metrics and events find the providers by themselves.
 */
export function watchDrift(config: Config): void {
  if (!wantsDrift(config)) return;
  sharedState('telltale.drift.watched', () => {
    const drift = driftMonitor(config);
    const warning = decisionWarning(drift.options);
    if (warning !== undefined) report('drift decision', warning);
    if (drift.options.stateDir !== undefined) {
      loadState(drift);
      addSave(() => saveState(drift));
      startInterval(() => void saveState(drift), SAVE_EVERY_MS).unref();
    }
    takeBaselines(config);
    addRunObserver(createDriftObserver(drift, observerOptions(config)));
    showAtEndpoints({ drift: driftRoutes(drift, PERFORMANCE) });
    return true;
  });
}

/**
 * Publishes metrics and events of drift. Call it once the SDK has started, and again when another
 * one may have: values that arrive do the same.
 */
export function publishDriftTelemetry(config: Config): void {
  if (!wantsDrift(config)) return;
  publication(config).refresh();
}

/** Hands everything counted so far to the SDK. Call it before a flush at exit. */
export function settleDriftTelemetry(config: Config): void {
  if (wantsDrift(config)) publication(config).settle();
}

const publication = (config: Config): DriftPublication =>
  sharedState('telltale.drift.published', () => publishDrift(driftMonitor(config), PERFORMANCE));

function takeBaselines(config: Config): BaselineSources {
  const key = config.text('drift.fleet.key');
  const keyFile = config.text('drift.fleet.key_file');
  const cacheFolder = driftMonitor(config).options.stateDir;
  return useBaselineSources(driftMonitor(config), {
    source: config.text('drift.baseline.source') as NonNullable<BaselineSourcesOptions['source']>,
    paths: config.list('drift.baseline.paths'),
    publish: config.flag('drift.baseline.publish'),
    fleet: { url: config.text('drift.fleet.url') ?? '', key, keyFile },
    ...(cacheFolder === undefined ? {} : { cacheFolder }),
    report: (topic, message) => report(`drift ${topic}`, message),
  });
}

function observerOptions(config: Config): DriftObserverOptions {
  const inputs = config.list('drift.inputs');
  return {
    outputs: config.flag('drift.outputs'),
    derived: config.flag('drift.derived'),
    inputs: inputs.includes('all') ? true : inputs,
    columnNames: config.names('drift.columns'),
  };
}
