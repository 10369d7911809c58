export type { Baseline } from './baseline.ts';
export { baselineId, parseBaseline, serializeBaseline } from './baseline-file.ts';
export { DriftMonitor, type DriftStream, type TransitionListener } from './drift-monitor.ts';
export { type DriftState, STATE_NUMBERS, StateMachine } from './state-machine.ts';
export { StreamMonitor } from './stream-monitor.ts';
export * from './types.ts';
