import type { ModelState } from '../model/model-state.ts';

import { now } from '../captured-globals.ts';
import { runTiming } from '../spans/run-span.ts';
import type { TelemetryOutput } from '../telemetry-output.ts';
import type { ObservedRun, TensorMap } from '../types.ts';
import type { RunRecord } from './run-record.ts';

const SHARE_OF_COMPUTE_MAX = 0.05;
/** Whatever the model costs, an observer may cost this much: else tiny models had none. */
const COST_MS_FLOOR = 0.05;
const COST_WEIGHT = 0.05;
/** A model whose observers were too dear is tried again after this many runs. */
const RETRY_RUNS = 1_000;

/** Shows a successful run to the observers of its model, before the application sees the result. */
export function notifyObservers(
  run: RunRecord,
  { results, durationMs }: { readonly results: TensorMap; readonly durationMs: number },
  output: TelemetryOutput,
): void {
  const { session } = run;
  const { model } = session;
  if (!session.knowsObservers) session.askObservers((error) => output.fault('observer', error));
  const { observers } = session;
  if (observers.length === 0 || isTooDear(model, session.runs)) return;
  const startMs = now();
  const timing = runTiming(run, durationMs);
  for (const { observer, wishes } of observers) {
    const observed: ObservedRun = {
      timing,
      ...(wishes.inputs === true ? { feeds: run.feeds as TensorMap } : {}),
      ...(wishes.outputs === true ? { results } : {}),
    };
    try {
      observer.onRun(session.info, observed);
    } catch (error) {
      output.fault('observer', error);
    }
  }
  model.observerMs += COST_WEIGHT * (now() - startMs - model.observerMs);
}

function isTooDear(model: ModelState, runs: number): boolean {
  const allowedMs = Math.max(COST_MS_FLOOR, SHARE_OF_COMPUTE_MAX * model.computeEwmaMs);
  return model.observerMs > allowedMs && runs % RETRY_RUNS !== 0;
}
