import { InferenceSession } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createApp } from '../../../examples/phishing/app.ts';
import { trainModel } from '../../../examples/phishing/training/build-model.ts';
import { FEATURES, loadDataset } from '../../../examples/phishing/training/dataset.ts';
import { forward, type Network } from '../../../examples/phishing/training/network.ts';
import { feedbackTotals } from '../../../src/telltale/src/record/feedback/feedback-performance.ts';

describe('createApp()', () => {
  let app: ReturnType<typeof createApp>;
  let network: Network;
  const rows = loadDataset().slice(0, 5);
  const pages = rows.map(({ features }) =>
    Object.fromEntries(FEATURES.map((name, index) => [name, features[index]])),
  );

  beforeAll(async () => {
    const model = trainModel();
    network = model.network;
    app = createApp(await InferenceSession.create(model.bytes));
  });
  afterAll(() => app.close());

  const expected = (row: number): object => {
    const [legitimate = 0, phishing = 0] = forward(
      network,
      rows[row]?.features ?? [],
    ).probabilities;
    return {
      id: expect.stringMatching(/^[\da-f-]{36}$/u),
      phishing: phishing > legitimate,
      confidence: expect.closeTo(Math.max(phishing, legitimate), 5),
      cached: false,
    };
  };

  test('POST /predict answers for one page', async () => {
    const response = await app.inject({ method: 'POST', url: '/predict', payload: pages[0] ?? {} });
    expect({ status: response.statusCode, body: response.json() }).toEqual({
      status: 200,
      body: expected(0),
    });
  });

  test('a page that was asked before is answered from the cache, with an id of its own', async () => {
    const ask = async (): Promise<{ id: string }> => {
      const response = await app.inject({
        method: 'POST',
        url: '/predict',
        payload: pages[1] ?? {},
      });
      return response.json();
    };
    const [first, second] = [await ask(), await ask()];
    expect([first, second]).toEqual([expected(1), { ...expected(1), cached: true }]);
    expect(second.id).not.toBe(first.id);
  });

  test('POST /labels takes the truth about an answer', async () => {
    const answer = await app.inject({ method: 'POST', url: '/predict', payload: pages[2] ?? {} });
    const before = feedbackTotals().matched;
    const { id } = answer.json<{ id: string }>();
    const response = await app.inject({
      method: 'POST',
      url: '/labels',
      payload: { labels: [{ id, phishing: true }] },
    });
    expect(response.json()).toEqual({ accepted: 1 });
    expect(feedbackTotals().matched).toBe(before + 1);
  });

  test('POST /predict/batch answers for each page in order', async () => {
    const response = await app.inject({
      method: 'POST',
      url: '/predict/batch',
      payload: { pages },
    });
    expect(response.json()).toEqual({ predictions: rows.map((_, row) => expected(row)) });
  });

  test.for([
    ['a missing feature', '/predict', { ...pages[0], https: undefined }],
    ['a value that no page has', '/predict', { ...pages[0], https: 0.7 }],
    ['text for a number', '/predict', { ...pages[0], https: '1' }],
    ['an unknown feature', '/predict', { ...pages[0], color: 1 }],
    ['labels without an id', '/labels', { labels: [{ phishing: true }] }],
    ['an empty batch', '/predict/batch', { pages: [] }],
    ['a batch of too many pages', '/predict/batch', { pages: Array(65).fill(pages[0]) }],
  ] as const)('refuses %s', async ([, url, payload]) => {
    const response = await app.inject({ method: 'POST', url, payload });
    expect(response.statusCode).toBe(400);
  });

  test('GET /healthz answers', async () => {
    const response = await app.inject('/healthz');
    expect(response.json()).toEqual({ status: 'ok' });
  });
});
