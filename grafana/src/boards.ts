import type { Board } from './board.ts';
import { ALERTS } from './boards/alerts.ts';
import { DRIFT } from './boards/drift.ts';
import { FLEET } from './boards/fleet.ts';
import { inference } from './boards/inference.ts';
import { overview } from './boards/overview.ts';
import { PREDICTIONS_BOARD } from './boards/predictions.ts';
import { GPU_RUNTIME } from './boards/runtime.ts';
import { TRACES } from './boards/traces.ts';
import { CLASSIC, NATIVE } from './queries/expressions.ts';

/** Every dashboard, in the order of the documentation. */
export const BOARDS: readonly Board[] = [
  overview(CLASSIC),
  inference(CLASSIC),
  PREDICTIONS_BOARD,
  DRIFT,
  GPU_RUNTIME,
  ALERTS,
  TRACES,
  FLEET,
  overview(NATIVE),
  inference(NATIVE),
];
