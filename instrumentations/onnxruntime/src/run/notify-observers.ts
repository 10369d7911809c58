import { now } from '@telltale/instrument';

import type { Output } from '../output.ts';
import type { ObservedRun, TensorMap } from '../types.ts';
import type { RunRecord } from './run-record.ts';
import { runTiming } from './run-span.ts';

/** Shows a successful run to the observers of its model, before the application sees the result. */
export function notifyObservers(
  run: RunRecord,
  { results, durationMs }: { readonly results: TensorMap; readonly durationMs: number },
  output: Output,
): void {
  const { session } = run;
  const { computeEwmaMs } = session.model;
  if (!session.knowsObservers) session.askObservers((error) => output.fault('observer', error));
  const { observers } = session;
  const endMs = run.t0 + durationMs;
  for (let index = 0; index < observers.length; index++) {
    const asked = observers[index];
    if (asked === undefined) continue;
    const { observer, wishes, budget } = asked;
    if (budget?.allows(endMs, computeEwmaMs) === false) {
      session.model.unobservedRuns++;
      continue;
    }
    const startMs = budget === undefined ? 0 : now();
    const observed: ObservedRun = {
      timing: runTiming(run, durationMs),
      context: run.context,
      ...(run.span === undefined ? {} : { span: run.span }),
      ...(wishes.inputs === true ? { feeds: run.feeds as TensorMap } : {}),
      ...(wishes.outputs === true ? { results } : {}),
    };
    try {
      observer.onRun(session.info, observed);
    } catch (error) {
      output.fault('observer', error);
    }
    budget?.add(now() - startMs);
  }
}
