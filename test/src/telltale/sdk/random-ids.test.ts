import { expect, test } from 'vitest';

import { RandomIds } from '../../../../src/telltale/src/sdk/random-ids.ts';

test('RandomIds gives valid ids, all different', () => {
  const ids = new RandomIds();
  const traces = Array.from({ length: 2_000 }, () => ids.generateTraceId());
  const spans = Array.from({ length: 2_000 }, () => ids.generateSpanId());
  expect(traces.every((id) => /^[0-9a-f]{32}$/u.test(id))).toBe(true);
  expect(spans.every((id) => /^[0-9a-f]{16}$/u.test(id))).toBe(true);
  expect([new Set(traces).size, new Set(spans).size]).toEqual([2_000, 2_000]);
});

test('RandomIds of two generators differ', () => {
  expect(new RandomIds().generateTraceId()).not.toBe(new RandomIds().generateTraceId());
});
