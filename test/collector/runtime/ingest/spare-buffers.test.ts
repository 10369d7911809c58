import { expect, test } from 'vitest';

import { SpareBuffers } from '../../../../collector/src/runtime/ingest/spare-buffers.ts';

const STEP = 64 * 1024;

test('SpareBuffers hands a buffer out again when it is large enough', () => {
  const spare = new SpareBuffers();
  const first = spare.take(STEP * 3 - 1);
  expect(first.byteLength).toBe(STEP * 3);
  spare.giveBack(first);
  expect(spare.take(STEP * 4)).not.toBe(first);
  expect(spare.take(STEP)).toBe(first);
  expect(spare.take(STEP)).not.toBe(first);
});

test('SpareBuffers keeps the two largest, and none above four megabytes', () => {
  const spare = new SpareBuffers();
  const [small, middle, large, huge] = [1, 2, 3, 65].map((steps) => spare.take(steps * STEP));
  for (const buffer of [small, middle, large, huge]) {
    if (buffer !== undefined) spare.giveBack(buffer);
  }
  const again = [spare.take(1), spare.take(1), spare.take(1)];
  expect(again.slice(0, 2)).toEqual(expect.arrayContaining([middle, large]));
  expect(again[2]).not.toBe(small);
  expect(again[2]).not.toBe(huge);
});
