import type { Threshold, ValueText } from './panels/panel.ts';

/** Green until `warning`, then orange; red from `critical` on. */
export const rising = (warning: number, critical: number): readonly Threshold[] => [
  { color: 'green' },
  { from: warning, color: 'orange' },
  { from: critical, color: 'red' },
];

/** Red below `critical`, orange below `warning`, then green. */
export const falling = (warning: number, critical: number): readonly Threshold[] => [
  { color: 'red' },
  { from: critical, color: 'orange' },
  { from: warning, color: 'green' },
];

/** Anything above zero is worth a look. */
export const NONE_EXPECTED: readonly Threshold[] = [{ color: 'green' }, { from: 1, color: 'red' }];

/** The states of `ml.drift.state`. */
export const DRIFT_STATES: readonly ValueText[] = [
  { value: '0', text: 'learning', color: 'blue' },
  { value: '1', text: 'stable', color: 'green' },
  { value: '2', text: 'warning', color: 'yellow' },
  { value: '3', text: 'drift', color: 'orange' },
  { value: '4', text: 'alert', color: 'red' },
];

/** The values of `ml.component.health`. */
export const HEALTH: readonly ValueText[] = [
  { value: '1', text: 'up', color: 'green' },
  { value: '0.5', text: 'degraded', color: 'orange' },
  { value: '0', text: 'down', color: 'red' },
];
