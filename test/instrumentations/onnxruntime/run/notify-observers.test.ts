import { expect, test } from 'vitest';

import { addRunObserver } from '@telltale/instrumentation-onnxruntime';

import { observeRuntime } from '../../../support/observed-runtime.ts';
import { irisModel } from '../../../support/onnx-models.ts';

const RUNS = 40;
/** A few of these use up what the observer may take at first. */
const COST_MS = 2;

function busy(ms: number): void {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs);
}

test('an expensive observer that may miss runs misses most, one that counts sees them all', async () => {
  const observed = observeRuntime({ config: { modelName: () => 'iris' } });
  const seen = { paced: 0, strict: 0 };
  const removals = [
    addRunObserver({
      wants: () => ({ outputs: true, mayMissRuns: true }),
      onRun: () => {
        seen.paced += 1;
        busy(COST_MS);
      },
    }),
    addRunObserver({
      wants: () => ({ outputs: true }),
      onRun: () => void (seen.strict += 1),
    }),
  ];
  const { InferenceSession, Tensor } = observed.runtime;
  const session = await InferenceSession.create(irisModel());
  const features = new Tensor('float32', Float32Array.of(5.1, 3.5, 1.4, 0.2), [1, 4]);
  for (let run = 0; run < RUNS; run += 1) await session.run({ features });
  for (const remove of removals) remove();
  await session.release();
  expect(seen.strict).toBe(RUNS);
  expect(seen.paced).toBeGreaterThan(0);
  expect(seen.paced).toBeLessThan(RUNS / 2);
});
