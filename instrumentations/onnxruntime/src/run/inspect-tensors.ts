import { countNonFinite, scanBudget } from '../non-finite.ts';
import type { Settings } from '../settings.ts';
import { observedBatchAxis, tensorBytes } from '../tensors.ts';
import type { TensorMap } from '../types.ts';
import type { RunRecord } from './run-record.ts';

/** Reads batch size, bytes and non-finite values of the inputs, right after the call. */
export function inspectInputs(run: RunRecord, settings: Settings): void {
  const { session, feeds } = run;
  if (typeof feeds !== 'object' || feeds === null) return;
  const { model, inputNames } = session;
  const tensors = feeds as TensorMap;
  let budget = settings.scansInputs
    ? scanBudget(model.computeEwmaMs, settings.scannedElementsMax)
    : 0;
  const before = model.nonFiniteInputs.nan + model.nonFiniteInputs.inf;
  for (let i = 0; i < inputNames.length; i++) {
    const tensor = tensors[inputNames[i] as string];
    if (tensor === undefined || tensor === null) continue;
    run.inputBytes += tensorBytes(tensor);
    budget -= countNonFinite(tensor, budget, model.nonFiniteInputs);
  }
  run.nonFinite += model.nonFiniteInputs.nan + model.nonFiniteInputs.inf - before;
  run.batch = batchOf(run, tensors);
}

/** The same for the outputs, at settlement and before the application sees them. */
export function inspectOutputs(run: RunRecord, results: TensorMap, settings: Settings): void {
  const { model, outputNames } = run.session;
  let budget = settings.scansOutputs
    ? scanBudget(model.computeEwmaMs, settings.scannedElementsMax)
    : 0;
  const before = model.nonFiniteOutputs.nan + model.nonFiniteOutputs.inf;
  for (let i = 0; i < outputNames.length; i++) {
    const tensor = results[outputNames[i] as string];
    if (tensor === undefined || tensor === null) continue;
    run.outputBytes += tensorBytes(tensor);
    budget -= countNonFinite(tensor, budget, model.nonFiniteOutputs);
  }
  run.nonFinite += model.nonFiniteOutputs.nan + model.nonFiniteOutputs.inf - before;
}

function batchOf({ session }: RunRecord, feeds: TensorMap): number {
  if (session.batchAxis === undefined) {
    if (session.hasMetadata) return 1;
    session.batchAxis = observedBatchAxis(feeds, session.inputNames);
    if (session.batchAxis === undefined) return 1;
  }
  const size = feeds[session.batchAxis.input]?.dims[session.batchAxis.axis];
  return typeof size === 'number' ? size : 1;
}
