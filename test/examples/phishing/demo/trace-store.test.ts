import { describe, expect, test } from 'vitest';

import { createTraceStore } from '../../../../examples/phishing/demo/trace-store.ts';
import { INFERENCE, REQUEST } from './sample-spans.ts';

describe('createTraceStore()', () => {
  test('does not count an aggregate of runs as one run', () => {
    const store = createTraceStore();
    store.add(INFERENCE);
    store.add({
      ...INFERENCE,
      attributes: { ...INFERENCE.attributes, 'ml.inference.aggregated': true },
    });
    expect(store.counts()).toEqual({ total: 2, infer: 1, http: 0 });
  });

  test('has no trace to show until one holds a request and its inference', () => {
    const store = createTraceStore();
    store.add(INFERENCE);
    expect(store.latestTrace()).toEqual([]);
    store.add(REQUEST);
    expect(store.latestTrace()).toEqual([REQUEST, INFERENCE]);
  });

  test('forgets the oldest traces but counts every span', () => {
    const store = createTraceStore();
    store.add(REQUEST);
    store.add(INFERENCE);
    for (let index = 0; index < 1000; index += 1) {
      store.add({ ...INFERENCE, traceId: `trace ${index}` });
    }
    expect(store.counts()).toEqual({ total: 1002, infer: 1001, http: 1 });
    expect(store.latestTrace()).toEqual([]);
  });
});
