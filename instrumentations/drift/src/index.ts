export { sha256, type Temporality as MetricTemporality } from '@telltale/instrument';

export type { BaselineFilesLoad } from './baselines/baseline-files.ts';
export type { FleetClientOptions } from './baselines/fleet-client.ts';
export {
  type BaselineSources,
  type BaselineSourcesOptions,
  useBaselineSources,
} from './baselines/use-baseline-sources.ts';
export type { Acknowledgement } from './compare/aspect.ts';
export {
  decisionWarning,
  falseAlarmShare,
  type ThresholdCase,
} from './compare/effect/threshold-decision.ts';
export { STATE_NUMBERS, StateMachine } from './compare/state-machine.ts';
export type { CompoundStatus } from './compound/compound-status.ts';
export type { DiagnosticListener, DriftDiagnostic, DriftDiagnosticCode } from './diagnostics.ts';
export type { PlotPanel } from './endpoints/plot/panels.ts';
export { plotStream } from './endpoints/plot/svg.ts';
export { drawTerminalPlot, type TerminalPlotOptions } from './endpoints/plot/terminal.ts';
export {
  type DriftRequest,
  type DriftResponse,
  type DriftRoute,
  driftRoutes,
} from './endpoints/routes.ts';
export { deferred } from './monitor/deferred.ts';
export {
  type BaselineListener,
  DriftMonitor,
  type StreamSelector,
  type TransitionListener,
} from './monitor/drift-monitor.ts';
export type { DriftSnapshot } from './monitor/snapshot.ts';
export { loadState, saveState } from './monitor/state-file.ts';
export { type FalseAlarmOptions, falseAlarmOptions } from './promise.ts';
export { createDriftMetricProducer } from './publish/metric-producer.ts';
export {
  type ModelPerformance,
  modelPerformance,
  type PerformanceOptions,
  type RealisedPerformance,
} from './publish/model-performance.ts';
export { type DriftPublication, publishDrift } from './publish/publish.ts';
export {
  type EstimatedRate,
  type EstimationMethod,
  estimateStream,
} from './stream/performance-estimate.ts';
export { StreamMonitor } from './stream/stream-monitor.ts';
export type { StreamStatus } from './stream/stream-status.ts';
export { profileOptions } from './stream-settings.ts';
export {
  createDriftObserver,
  type DriftObserver,
  type DriftObserverOptions,
} from './tensors/observer.ts';
export * from './types.ts';
