import { ProxyTracerProvider, type Tracer, type TracerProvider, trace } from '@opentelemetry/api';
import { afterEach, expect, test } from 'vitest';

import { YieldingTracerProvider } from '../../../../../src/telltale/src/sdk/globals/yielding-tracer.ts';

function namedProvider(label: string, seen: string[]): TracerProvider {
  return {
    getTracer: (name) =>
      ({
        startSpan: (span: string) => {
          seen.push(`${label}/${name}/${span}`);
          return trace.wrapSpanContext({ traceId: '', spanId: '', traceFlags: 0 });
        },
        startActiveSpan: (span: string, run: () => unknown) => {
          seen.push(`${label}/${name}/${span}`);
          return run();
        },
      }) as unknown as Tracer,
  };
}

afterEach(() => trace.disable());

test('a tracer fetched before the handover follows it', () => {
  const seen: string[] = [];
  const ours = namedProvider('ours', seen);
  const yielding = new YieldingTracerProvider(ours);
  trace.setGlobalTracerProvider(yielding);
  const tracer = trace.getTracer('app');
  tracer.startSpan('before');
  trace.disable();
  trace.setGlobalTracerProvider(namedProvider('theirs', seen));
  expect(yielding.yield()).toBe(ours);
  tracer.startSpan('after');
  expect(tracer.startActiveSpan('active', () => 42)).toBe(42);
  expect(seen).toEqual(['ours/app/before', 'theirs/app/after', 'theirs/app/active']);
});

test('flushes what is in charge, and tolerates who cannot flush', async () => {
  let flushed = 0;
  const provider = {
    getTracer: () => trace.getTracer('x'),
    forceFlush: async () => {
      flushed += 1;
    },
  };
  await new YieldingTracerProvider(provider).forceFlush();
  await new YieldingTracerProvider(new ProxyTracerProvider()).forceFlush();
  expect(flushed).toBe(1);
});
