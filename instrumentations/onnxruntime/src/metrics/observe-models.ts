import type { Attributes, BatchObservableResult } from '@opentelemetry/api';

import {
  ATTR_IO_DIRECTION,
  ATTR_NON_FINITE_KIND,
  ATTR_OPERATOR_PROVIDER,
  ATTR_SUPPRESSION_REASON,
  ATTR_UNLOAD_REASON,
  type AttributeRow,
} from '@telltale/core';

import type { ModelState } from '../model/model-state.ts';

import type { ObservedInstruments } from './instruments.ts';

const SECONDS_PER_MS = 0.001;

/** Reports the counters of all models. Synchronous: it reads numbers and computes nothing. */
export function observeModels(
  models: Iterable<ModelState>,
  instruments: ObservedInstruments,
  result: BatchObservableResult,
): void {
  for (const model of models) {
    observeRuns(model, instruments, result);
    observeLoads(model, instruments, result);
  }
}

function observeRuns(
  model: ModelState,
  to: ObservedInstruments,
  result: BatchObservableResult,
): void {
  const { attributes } = model;
  result.observe(to.items, model.items, attributes);
  result.observe(to.active, model.active, attributes);
  result.observe(to.blockedTime, model.blockedMs * SECONDS_PER_MS, attributes);
  result.observe(to.io, model.inputBytes, extended(model, ATTR_IO_DIRECTION, 'input'));
  result.observe(to.io, model.outputBytes, extended(model, ATTR_IO_DIRECTION, 'output'));
  observeNonFinite(model, to, result);
  const { suppressedByParent, suppressedByRate, unobservedRuns } = model;
  if (unobservedRuns > 0) result.observe(to.runsUnobserved, unobservedRuns, attributes);
  if (suppressedByParent > 0) {
    const labels = extended(model, ATTR_SUPPRESSION_REASON, 'parent_cap');
    result.observe(to.spansSuppressed, suppressedByParent, labels);
  }
  if (suppressedByRate > 0) {
    const labels = extended(model, ATTR_SUPPRESSION_REASON, 'rate');
    result.observe(to.spansSuppressed, suppressedByRate, labels);
  }
}

function observeNonFinite(
  model: ModelState,
  to: ObservedInstruments,
  result: BatchObservableResult,
): void {
  const sides = [
    ['input', model.nonFiniteInputs],
    ['output', model.nonFiniteOutputs],
  ] as const;
  for (const [side, count] of sides) {
    for (const kind of ['nan', 'inf'] as const) {
      if (count[kind] === 0) continue; // most models never have any: no series for them
      const labels = extended(model, ATTR_IO_DIRECTION, side);
      result.observe(to.nonFinite, count[kind], { ...labels, [ATTR_NON_FINITE_KIND.name]: kind });
    }
  }
}

function observeLoads(
  model: ModelState,
  to: ObservedInstruments,
  result: BatchObservableResult,
): void {
  const { attributes, load } = model;
  result.observe(to.loaded, model.loaded, attributes);
  if (model.released > 0) {
    result.observe(to.unloads, model.released, extended(model, ATTR_UNLOAD_REASON, 'released'));
  }
  if (model.collected > 0) {
    result.observe(to.unloads, model.collected, extended(model, ATTR_UNLOAD_REASON, 'collected'));
  }
  if (model.refusedReleases > 0) {
    const labels = extended(model, ATTR_UNLOAD_REASON, 'refused');
    result.observe(to.unloads, model.refusedReleases, labels);
  }
  for (const [provider, nodes] of model.placement) {
    result.observe(to.nodeCount, nodes, extended(model, ATTR_OPERATOR_PROVIDER, provider));
  }
  if (load === undefined) return;
  if (load.size !== undefined) result.observe(to.size, load.size, attributes);
  if (load.memoryBytes !== undefined) result.observe(to.loadMemory, load.memoryBytes, attributes);
  result.observe(to.info, 1, load.info);
}

function extended(model: ModelState, row: AttributeRow, value: string): Attributes {
  return { ...model.attributes, [row.name]: value };
}
