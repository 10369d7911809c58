import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

import { afterEach, describe, expect, test, vi } from 'vitest';

import { startLoad } from '../../../examples/phishing/load.ts';

describe('startLoad()', () => {
  let server: Server;

  async function serve(listener: RequestListener): Promise<string> {
    server = createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  afterEach(() => void server.close());

  test('counts rows and the share of right answers', async () => {
    const url = await serve((request, response) => {
      void json(request).then((body) => {
        const { pages } = body as { pages?: unknown[] };
        const answer = { phishing: false };
        response.end(JSON.stringify(pages ? { predictions: pages.map(() => answer) } : answer));
      });
    });
    const load = startLoad({ url, requestsPerSecond: 2000, seed: 1 });
    // 250 rows are one pass over the held-out part, of which 140 are not phishing.
    await vi.waitUntil(() => load.counts().rows > 1000, { timeout: 10_000 });
    await load.stop();
    const { answered, failed, rows, correct } = load.counts();
    expect(failed).toBe(0);
    expect(rows).toBeGreaterThan(answered);
    expect(correct / rows).toBeGreaterThan(0.5);
    expect(correct / rows).toBeLessThan(0.62);
    expect(load.latencyMs(0.5)).toBeGreaterThan(0);
  });

  test('sends the same rows in the same order for the same seed', async () => {
    const seen: unknown[][] = [];
    for (let run = 0; run < 2; run += 1) {
      const bodies: unknown[] = [];
      const url = await serve((request, response) => {
        void json(request).then((body) => {
          bodies.push(body);
          response.end(JSON.stringify({ phishing: true, predictions: [] }));
        });
      });
      const load = startLoad({ url, requestsPerSecond: 50, seed: 5 });
      await vi.waitUntil(() => bodies.length >= 12, { timeout: 10_000, interval: 5 });
      await load.stop();
      server.close();
      seen.push(bodies.slice(0, 12));
    }
    expect(seen[0]).toEqual(seen[1]);
  });

  test('counts refusals and says why', async () => {
    const url = await serve((_, response) => response.writeHead(503).end('busy'));
    const load = startLoad({ url, requestsPerSecond: 500, seed: 1 });
    await vi.waitUntil(() => load.counts().failed > 3);
    await load.stop();
    expect(load.counts()).toMatchObject({ answered: 0, lastFailure: 'status 503: busy' });
  });

  test('sends no more than 256 requests at once and waits for them at the end', async () => {
    const waiting: (() => void)[] = [];
    const url = await serve((_, response) => {
      waiting.push(() => response.end(JSON.stringify({ phishing: true, predictions: [] })));
    });
    const load = startLoad({ url, requestsPerSecond: 5000, seed: 1 });
    await vi.waitUntil(() => load.counts().skipped > 10, { timeout: 10_000 });
    const stopped = load.stop();
    await vi.waitUntil(() => waiting.length === 256);
    for (const answer of waiting) answer();
    await stopped;
    expect(load.counts()).toMatchObject({ answered: 256, failed: 0 });
  });
});
