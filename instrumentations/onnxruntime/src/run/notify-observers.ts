import { now } from '../captured-globals.ts';
import { runTiming } from '../spans/run-span.ts';
import type { TelemetryOutput } from '../telemetry-output.ts';
import type { ObservedRun, TensorMap } from '../types.ts';
import type { RunRecord } from './run-record.ts';

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
  if (observers.length === 0 || !model.observerBudget.allows()) return;
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
  model.observerBudget.add(now() - startMs, model.computeEwmaMs);
}
