export type { Acknowledgement } from './aspect-monitor.ts';
export type { BaselineFilesLoad } from './baseline-sources/baseline-files.ts';
export type { FleetClientOptions } from './baseline-sources/fleet-client.ts';
export {
  type BaselineSources,
  type BaselineSourcesOptions,
  useBaselineSources,
} from './baseline-sources/use-baseline-sources.ts';
export type { CompoundStatus } from './compound-status.ts';
export { deferred } from './deferred.ts';
export type { DiagnosticListener, DriftDiagnostic, DriftDiagnosticCode } from './diagnostics.ts';
export {
  type BaselineListener,
  DriftMonitor,
  type StreamSelector,
  type TransitionListener,
} from './drift-monitor.ts';
export { createDriftMetricProducer, type MetricTemporality } from './metric-producer.ts';
export {
  type ModelPerformance,
  modelPerformance,
  type PerformanceOptions,
  type RealisedPerformance,
} from './model-performance.ts';
export {
  createDriftObserver,
  type DriftObserver,
  type DriftObserverOptions,
} from './observer.ts';
export {
  type EstimatedRate,
  type EstimationMethod,
  estimateStream,
} from './performance-estimate.ts';
export type { PlotPanel } from './plot/panels.ts';
export { plotStream } from './plot/svg.ts';
export { drawTerminalPlot, type TerminalPlotOptions } from './plot/terminal.ts';
export { type FalseAlarmOptions, falseAlarmOptions } from './promise.ts';
export { type DriftPublication, publishDrift } from './publish.ts';
export { type DriftRequest, type DriftResponse, type DriftRoute, driftRoutes } from './routes.ts';
export { sha256 } from './sha256.ts';
export type { DriftSnapshot } from './snapshot.ts';
export { loadState, saveState } from './state-file.ts';
export { type DriftState, STATE_NUMBERS, StateMachine } from './state-machine.ts';
export type { StreamStatus } from './status.ts';
export { StreamMonitor } from './stream-monitor.ts';
export {
  decisionWarning,
  falseAlarmShare,
  type ThresholdCase,
} from './threshold-decision.ts';
export * from './types.ts';
