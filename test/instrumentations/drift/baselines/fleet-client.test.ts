import http from 'node:http';

import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { afterEach, expect, test, vi } from 'vitest';

import { startFakeFleet } from '../../../support/drift/fake-fleet.ts';

afterEach(() => {
  context.disable();
  trace.disable();
  vi.restoreAllMocks();
});

test('no span is made of a request, even where HTTP was patched before', async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(
    new TracerProvider({
      spanProcessors: [new SimpleSpanProcessor({ exporter: new InMemorySpanExporter() })],
    }),
  );
  const plain = http.request;
  const recording: boolean[] = [];
  // What every instrumentation of HTTP does: a span around the request.
  vi.spyOn(http, 'request').mockImplementation((...args: unknown[]) => {
    recording.push(trace.getTracer('http').startSpan('GET').isRecording());
    return Reflect.apply(plain, http, args) as http.ClientRequest;
  });
  vi.resetModules();
  const { FleetClient } = await import(
    '../../../../instrumentations/drift/src/baselines/fleet-client.ts'
  );
  const fleet = await startFakeFleet(() => ({ status: 404 }));
  const client = new FleetClient({ url: fleet.url });
  const answer = await client.send({ method: 'GET', path: '/x' });
  await new Promise((resolve) => http.request(`${fleet.url}/mine`, resolve).end());
  await fleet.close();
  expect({ answer, recording }).toEqual({
    answer: { ok: true, status: 404, body: '' },
    recording: [false, true],
  });
});
