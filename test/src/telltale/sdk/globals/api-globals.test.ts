import { createRequire } from 'node:module';

import * as esmApi from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import {
  ApiGlobals,
  type ApiSignal,
  hasGlobalProvider,
} from '../../../../../src/telltale/src/sdk/globals/api-globals.ts';

const KEY = Symbol.for('opentelemetry.js.api.1');
const load = createRequire(import.meta.url);
/** The other copy of the API, as a CommonJS preload and an ESM application have two. */
const cjsApi = load('@opentelemetry/api') as typeof esmApi;
/** The copy that tools of SDK 2 bring. */
const oldApi = load(
  '../../../../../node_modules/opentelemetry-api-1.9/build/src/index.js',
) as typeof esmApi;

const COPIES = [
  { copy: '1.10, CommonJS', api: cjsApi },
  { copy: '1.10, ESM', api: esmApi },
  { copy: '1.9', api: oldApi },
];

const meters = (): esmApi.MeterProvider => ({ getMeter: () => esmApi.createNoopMeter() });
const tracers = (): esmApi.TracerProvider => ({
  getTracer: () => esmApi.trace.getTracer('never asked'),
});

function clear(): void {
  Reflect.deleteProperty(globalThis, KEY);
  for (const { api } of COPIES) {
    api.trace.disable();
    api.metrics.disable();
    api.context.disable();
    api.diag.disable();
  }
  esmApi.logs.disable();
  cjsApi.logs.disable();
  Reflect.deleteProperty(globalThis, KEY);
}

beforeEach(clear);
afterEach(clear);

test('the copies of the API are three', () => {
  expect(new Set(COPIES.map(({ api }) => api.metrics)).size).toBe(3);
});

describe('without us', () => {
  test('a copy of another version is refused, and reads nothing from an older one', () => {
    const theirs = meters();
    expect(oldApi.metrics.setGlobalMeterProvider(theirs)).toBe(true);
    expect(cjsApi.trace.setGlobalTracerProvider(tracers())).toBe(false);
    expect(cjsApi.metrics.getMeterProvider()).not.toBe(theirs);
  });
});

describe.for(COPIES)('what ApiGlobals registers, for a copy of $copy', ({ api }) => {
  test('is read by it, and replaced by what it registers', () => {
    const globals = new ApiGlobals();
    const ours = meters();
    const context = { active: () => esmApi.ROOT_CONTEXT } as unknown as esmApi.ContextManager;
    expect(globals.register('metrics', ours)).toBe(true);
    expect(globals.register('trace', tracers())).toBe(true);
    expect(globals.register('context', context)).toBe(true);
    expect(api.metrics.getMeterProvider()).toBe(ours);
    const taken: ApiSignal[] = [];
    globals.onTaken((signal) => taken.push(signal));
    const theirs = meters();
    expect(api.metrics.setGlobalMeterProvider(theirs)).toBe(true);
    expect(api.trace.setGlobalTracerProvider(tracers())).toBe(true);
    expect(taken).toEqual(['metrics', 'trace']);
    for (const { api: other } of COPIES) {
      expect(other.metrics.getMeterProvider()).toBe(theirs);
    }
  });

  test('is not taken twice: the next is refused as without us', () => {
    new ApiGlobals().register('metrics', meters());
    const theirs = meters();
    expect(api.metrics.setGlobalMeterProvider(theirs)).toBe(true);
    for (const { api: other } of COPIES) {
      expect(other.metrics.setGlobalMeterProvider(meters())).toBe(false);
      expect(other.metrics.getMeterProvider()).toBe(theirs);
    }
  });

  test('leaves alone what it registered before us, for all copies to read', () => {
    const theirs = meters();
    expect(api.metrics.setGlobalMeterProvider(theirs)).toBe(true);
    expect(hasGlobalProvider()).toBe(true);
    const globals = new ApiGlobals();
    expect([globals.has('metrics'), globals.has('trace')]).toEqual([true, false]);
    expect(globals.register('metrics', meters())).toBe(false);
    expect(globals.register('trace', tracers())).toBe(true);
    for (const { api: other } of COPIES) expect(other.metrics.getMeterProvider()).toBe(theirs);
  });

  test('comes after it where it registers first after all', () => {
    const globals = new ApiGlobals();
    const theirs = meters();
    expect(api.metrics.setGlobalMeterProvider(theirs)).toBe(true);
    expect(globals.register('metrics', meters())).toBe(false);
    for (const { api: other } of COPIES) {
      expect(other.metrics.getMeterProvider()).toBe(theirs);
      expect(other.trace.setGlobalTracerProvider(tracers())).toBe(other === COPIES[0]?.api);
    }
  });

  test('is never missed by a read, also after a diagnostic logger was set', () => {
    const globals = new ApiGlobals();
    const ours = meters();
    globals.register('metrics', ours);
    globals.onTaken(() => {
      throw new Error('no callback was taken');
    });
    const logger = new esmApi.DiagConsoleLogger();
    api.diag.setLogger(logger, { logLevel: esmApi.DiagLogLevel.NONE });
    for (const { api: other } of COPIES) expect(other.metrics.getMeterProvider()).toBe(ours);
    api.diag.disable();
    for (const { api: other } of COPIES) expect(other.metrics.getMeterProvider()).toBe(ours);
  });

  test('may be removed by it, as without us', () => {
    new ApiGlobals().register('metrics', meters());
    api.metrics.disable();
    const theirs = meters();
    expect(api.metrics.setGlobalMeterProvider(theirs)).toBe(true);
    expect(api.metrics.getMeterProvider()).toBe(theirs);
  });
});
