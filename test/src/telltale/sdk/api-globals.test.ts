import { createRequire } from 'node:module';

import * as esmApi from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { type ApiSignal, yieldGlobals } from '../../../../src/telltale/src/sdk/api-globals.ts';

const KEY = Symbol.for('opentelemetry.js.api.1');
/** The other copy of the API, as a CommonJS preload and an ESM application have two. */
const cjsApi = createRequire(import.meta.url)('@opentelemetry/api') as typeof esmApi;

const meters = (): esmApi.MeterProvider => ({ getMeter: () => esmApi.createNoopMeter() });
const tracers = (): esmApi.TracerProvider => new esmApi.ProxyTracerProvider();

function clear(): void {
  Reflect.deleteProperty(globalThis, KEY);
  for (const api of [esmApi, cjsApi]) {
    api.trace.disable();
    api.metrics.disable();
    api.logs.disable();
  }
}

beforeEach(clear);
afterEach(clear);

test('the two copies of the API are two', () => {
  expect(cjsApi.metrics).not.toBe(esmApi.metrics);
});

describe('yieldGlobals()', () => {
  test.for([
    { copy: 'the same copy', later: cjsApi },
    { copy: 'another copy', later: esmApi },
  ])('lets a later SDK of $copy replace ours', async ({ later }) => {
    const ours = meters();
    const theirs = meters();
    cjsApi.metrics.setGlobalMeterProvider(ours);
    cjsApi.trace.setGlobalTracerProvider(tracers());
    const taken: ApiSignal[] = [];
    yieldGlobals((signal) => taken.push(signal));
    expect(later.metrics.getMeterProvider()).toBe(ours);
    expect(later.metrics.setGlobalMeterProvider(theirs)).toBe(true);
    expect(later.trace.setGlobalTracerProvider(tracers())).toBe(true);
    expect(cjsApi.metrics.getMeterProvider()).toBe(theirs);
    expect(esmApi.metrics.getMeterProvider()).toBe(theirs);
    expect(taken).toEqual(['metrics', 'trace']);
  });

  test('lets only one replace ours: the next is refused as without us', () => {
    cjsApi.metrics.setGlobalMeterProvider(meters());
    yieldGlobals(() => {});
    const theirs = meters();
    expect(esmApi.metrics.setGlobalMeterProvider(theirs)).toBe(true);
    expect(esmApi.metrics.setGlobalMeterProvider(meters())).toBe(false);
    expect(cjsApi.metrics.getMeterProvider()).toBe(theirs);
  });

  test('reads never look empty, also after a logger was set', () => {
    const ours = meters();
    cjsApi.metrics.setGlobalMeterProvider(ours);
    yieldGlobals(() => {
      throw new Error('nobody took anything');
    });
    const logger = new esmApi.DiagConsoleLogger();
    esmApi.diag.setLogger(logger, { logLevel: esmApi.DiagLogLevel.NONE });
    expect(cjsApi.metrics.getMeterProvider()).toBe(ours);
    expect(esmApi.metrics.getMeterProvider()).toBe(ours);
    esmApi.diag.disable();
    expect(esmApi.metrics.getMeterProvider()).toBe(ours);
  });

  test('a signal that was not ours is not given away', () => {
    cjsApi.metrics.setGlobalMeterProvider(meters());
    const taken: ApiSignal[] = [];
    yieldGlobals((signal) => taken.push(signal));
    expect(esmApi.trace.setGlobalTracerProvider(tracers())).toBe(true);
    expect(taken).toEqual([]);
  });

  test('disable() works as it does without us', () => {
    cjsApi.metrics.setGlobalMeterProvider(meters());
    yieldGlobals(() => {});
    esmApi.metrics.disable();
    const theirs = meters();
    expect(esmApi.metrics.setGlobalMeterProvider(theirs)).toBe(true);
    expect(cjsApi.metrics.getMeterProvider()).toBe(theirs);
  });
});
