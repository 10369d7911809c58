import { describe, expect, test } from 'vitest';

import { createTraceStore } from '../../../../examples/phishing/demo/trace-store.ts';
import { INFERENCE, REQUEST, SECOND_INFERENCE } from './sample-spans.ts';

describe('createTraceStore()', () => {
  test('does not count an aggregate of runs as one run', () => {
    const store = createTraceStore();
    store.add(INFERENCE);
    store.add({
      ...INFERENCE,
      attributes: { ...INFERENCE.attributes, 'ml.inference.aggregated': true },
    });
    expect(store.counts()).toEqual({ total: 2, infer: 1, http: 0, nested: 0 });
  });

  test('has no trace to show until one holds a request and its inference', () => {
    const store = createTraceStore();
    store.add(INFERENCE);
    expect(store.latestTrace()).toEqual([]);
    store.add(REQUEST);
    expect(store.latestTrace()).toEqual([REQUEST, INFERENCE]);
  });

  test.for([
    ['the parent first', [REQUEST, INFERENCE, SECOND_INFERENCE]],
    ['the parent last', [SECOND_INFERENCE, INFERENCE, REQUEST]],
    ['the parent in between', [INFERENCE, REQUEST, SECOND_INFERENCE]],
  ] as const)('finds inferences under their request: %s', ([, spans]) => {
    const store = createTraceStore();
    for (const span of spans) store.add(span);
    store.add({ ...INFERENCE, spanId: 'f067aa0ba902b701', parentSpanId: 'f067aa0ba902b7ff' });
    expect(store.counts()).toEqual({ total: 4, infer: 3, http: 1, nested: 2 });
  });

  test('forgets the oldest traces but counts every span', () => {
    const store = createTraceStore();
    store.add(REQUEST);
    store.add(INFERENCE);
    for (let index = 0; index < 5000; index += 1) {
      store.add({ ...INFERENCE, traceId: `trace ${index}` });
    }
    expect(store.counts()).toEqual({ total: 5002, infer: 5001, http: 1, nested: 1 });
    expect(store.latestTrace()).toEqual([]);
  });
});
