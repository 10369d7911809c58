import { describe, expect, test, vi } from 'vitest';

import type { EventRow } from '@telltale/core';

import type { EventContent } from '../../../../instrumentations/onnxruntime/src/event-output.ts';
import { RunSummaries } from '../../../../instrumentations/onnxruntime/src/metrics/run-summaries.ts';
import { ModelRegistry } from '../../../../instrumentations/onnxruntime/src/model/model-registry.ts';
import type { ModelState } from '../../../../instrumentations/onnxruntime/src/model/model-state.ts';
import type { Output } from '../../../../instrumentations/onnxruntime/src/output.ts';
import { observeRuntime } from '../../../support/observed-runtime.ts';
import { irisModel } from '../../../support/onnx-models.ts';

const PERIOD_MS = 60_000;

/** Models whose runs the test makes up, and a clock that it moves. */
function summarized(wants: boolean = true) {
  const models = new ModelRegistry();
  const emitted: EventContent[] = [];
  const faults: unknown[] = [];
  const output = {
    models,
    wants: () => wants,
    emit: (_row: EventRow, content: EventContent) => void emitted.push(content),
    fault: (_where: string, error: unknown) => void faults.push(error),
  } as unknown as Output;
  const model = models.get('iris', '3');
  let nowMs = model.duration.startMs;
  const summaries = new RunSummaries(output, { clock: () => nowMs, periodMs: PERIOD_MS });
  return {
    model,
    models,
    summaries,
    faults,
    endPeriod: () => {
      nowMs += PERIOD_MS;
      summaries.emit();
      return emitted.splice(0);
    },
  };
}

function addRuns(model: ModelState, seconds: readonly number[]): void {
  for (const value of seconds) model.duration.record(value);
  model.items += 2 * seconds.length;
  for (const value of seconds) model.blockedMs += 1_000 * value;
}

describe('ml.inference.summary', () => {
  test('is the runs of its period alone', () => {
    const { model, endPeriod } = summarized();
    addRuns(model, [0.3, 0.3, 0.3, 0.3]);
    expect(endPeriod().length).toBe(1);
    // They fill the bucket from 1 to 2.5 ms, and nothing was ever faster than 2.
    addRuns(
      model,
      Array.from({ length: 100 }, () => 0.002),
    );
    model.failure('invalid_shape').duration.record(0.001);
    model.failure('out_of_memory').duration.record(0.001);
    const [summary, ...others] = endPeriod();
    expect(others).toEqual([]);
    expect(summary?.body).toBe('iris ran 102 times in 60 s, 2 of them failed');
    const { attributes = {} } = summary ?? {};
    expect(attributes).toEqual({
      'ml.model.name': 'iris',
      'ml.model.version': '3',
      'ml.inference.summary.count': 102,
      'ml.inference.summary.errors': 2,
      'ml.inference.summary.items': 200,
      'ml.inference.summary.p50': 0.002,
      'ml.inference.summary.p95': expect.closeTo(0.002_425, 9) as number,
      'ml.inference.summary.p99': expect.closeTo(0.002_485, 9) as number,
      'ml.inference.summary.blocked_ratio': expect.closeTo(0.2 / 60, 9) as number,
      'ml.inference.summary.period': expect.closeTo(60, 9) as number,
    });
  });

  test('there is none for a model that did not run', () => {
    const { model, models, endPeriod } = summarized();
    models.get('idle', '1');
    expect(endPeriod()).toEqual([]);
    addRuns(model, [0.01]);
    expect(endPeriod().map(({ attributes }) => attributes['ml.model.name'])).toEqual(['iris']);
    expect(endPeriod()).toEqual([]);
  });

  test('failures alone have no quantiles', () => {
    const { model, endPeriod } = summarized();
    model.failure('invalid_shape').duration.record(0.001);
    const [summary] = endPeriod();
    expect(summary?.attributes).not.toHaveProperty(['ml.inference.summary.p50']);
    expect(summary?.attributes).toMatchObject({
      'ml.inference.summary.count': 1,
      'ml.inference.summary.errors': 1,
    });
  });

  test('nothing is put together where it is not wanted', () => {
    const { model, endPeriod } = summarized(false);
    addRuns(model, [0.01]);
    const snapshot = vi.spyOn(model.duration, 'snapshot');
    expect(endPeriod()).toEqual([]);
    expect(snapshot).not.toHaveBeenCalled();
  });

  test('what breaks inside is kept from the timer', () => {
    const { model, endPeriod, faults } = summarized();
    vi.spyOn(model.duration, 'snapshot').mockImplementation(() => {
      throw new Error('broken');
    });
    expect(endPeriod()).toEqual([]);
    expect(faults).toEqual([new Error('broken')]);
  });

  test('comes by itself, once a period', async () => {
    const { model, models } = summarized();
    const emitted: unknown[] = [];
    const output = {
      models,
      wants: () => true,
      emit: (row: EventRow) => void emitted.push(row.name),
    } as unknown as Output;
    const summaries = new RunSummaries(output, { clock: () => performance.now(), periodMs: 5 });
    summaries.start();
    summaries.start();
    addRuns(model, [0.01]);
    await vi.waitFor(() => expect(emitted).toEqual(['ml.inference.summary']));
    addRuns(model, [0.01]);
    await vi.waitFor(() => expect(emitted.length).toBe(2));
  });
});

describe('of a real runtime', () => {
  const runOnce = async (observed: ReturnType<typeof observeRuntime>): Promise<void> => {
    const { InferenceSession, Tensor } = observed.runtime;
    const session = await InferenceSession.create(irisModel());
    await session.run({ features: new Tensor('float32', new Float32Array(8), [2, 4]) });
    await session.release();
  };
  const summariesOf = ({ events }: ReturnType<typeof observeRuntime>) =>
    events().filter(({ name }) => name === 'ml.inference.summary');

  test('summarizeRuns() ends the period', async () => {
    const observed = observeRuntime({ config: { modelName: () => 'summarized' } });
    await runOnce(observed);
    observed.instrumentation.summarizeRuns();
    observed.instrumentation.summarizeRuns();
    expect(summariesOf(observed)).toMatchObject([
      { attributes: { 'ml.inference.summary.count': 1, 'ml.inference.summary.items': 2 } },
    ]);
  });

  test('types of events that are not wanted are not emitted', async () => {
    const observed = observeRuntime({ config: { wantsEvents: (type) => type === 'ERROR' } });
    await runOnce(observed);
    observed.instrumentation.summarizeRuns();
    expect(observed.events()).toEqual([]);
  });
});
