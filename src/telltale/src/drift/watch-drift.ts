import { sharedState } from '@telltale/core';
import {
  createDriftObserver,
  type DriftObserverOptions,
  type DriftPublication,
  decisionWarning,
  driftRoutes,
  publishDrift,
} from '@telltale/instrumentation-drift';

import type { Config } from '../config.ts';
import { report } from '../diagnostics.ts';
import { monitor as showAtEndpoints } from '../http/monitoring.ts';
import { driftMonitor, wantsDrift } from './monitor.ts';
import { addRunObserver } from '@telltale/instrumentation-onnxruntime/observer';

/**
 * Watches what models answer, and what they are given where that is asked for. Call it before the
 * SDK starts: metrics and events find the providers by themselves.
 */
export function watchDrift(config: Config): void {
  if (!wantsDrift(config)) return;
  const drift = driftMonitor(config);
  const warning = decisionWarning(drift.options);
  if (warning !== undefined) report('drift decision', warning);
  sharedState('telltale.drift.observed', () =>
    addRunObserver(createDriftObserver(drift, observerOptions(config))),
  );
  showAtEndpoints({ drift: driftRoutes(drift) });
}

/**
 * Publishes metrics and events of drift. Call it once the SDK has started, and again when another
 * one may have: values that arrive do the same.
 */
export function publishDriftTelemetry(config: Config): void {
  if (!wantsDrift(config)) return;
  const publish = (): DriftPublication => publishDrift(driftMonitor(config));
  sharedState('telltale.drift.published', publish).refresh();
}

function observerOptions(config: Config): DriftObserverOptions {
  const inputs = config.list('drift.inputs');
  return {
    outputs: config.flag('drift.outputs'),
    inputs: inputs.includes('all') ? true : inputs,
    columnNames: config.names('drift.columns'),
  };
}
