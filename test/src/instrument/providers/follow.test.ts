import { type LoggerProvider, logs, type MeterProvider, metrics } from '@opentelemetry/api';
import { afterEach, describe, expect, test } from 'vitest';

import { SCHEMA_URL } from '@telltale/core';
import {
  followLogger,
  followMeter,
  loggersWithSchema,
  metersWithSchema,
  ProviderWatch,
  tracersWithSchema,
} from '@telltale/instrument';

afterEach(() => {
  metrics.disable();
  logs.disable();
});

type Asked = readonly unknown[];

const meterProvider = (asked: Asked[], name: string) =>
  ({
    getMeter: (...scope: Asked) => {
      asked.push([name, ...scope]);
      return { name };
    },
  }) as unknown as MeterProvider;

const loggerProvider = (asked: Asked[], name: string) =>
  ({
    getLogger: (...scope: Asked) => {
      asked.push([name, ...scope]);
      return { name };
    },
  }) as unknown as LoggerProvider;

const replace = (provider: MeterProvider): void => {
  metrics.disable();
  metrics.setGlobalMeterProvider(provider);
};

test('ProviderWatch tells a replaced provider once', () => {
  const [first, second] = [{}, {}];
  let current = first;
  const watch = new ProviderWatch(() => current);
  const known = new ProviderWatch(() => current, first);
  const seen = [watch.changed(), watch.changed(), known.changed()];
  current = second;
  expect([...seen, watch.changed(), watch.changed(), known.changed()]).toEqual([
    first,
    undefined,
    undefined,
    second,
    undefined,
    second,
  ]);
});

describe('followMeter()', () => {
  test('binds when it is first asked, and again to another provider', () => {
    const asked: Asked[] = [];
    const detached: string[] = [];
    replace(meterProvider(asked, 'one'));
    const followed = followMeter('scope', (meter) => {
      const { name } = meter as unknown as { readonly name: string };
      return { instruments: name, detach: () => void detached.push(name) };
    });
    expect(asked).toEqual([]);
    const seen = [followed.current(), followed.current()];
    replace(meterProvider(asked, 'two'));
    seen.push(followed.current());
    followed.detach();
    expect({ seen, detached, asked }).toEqual({
      seen: ['one', 'one', 'two'],
      detached: ['one', 'two'],
      asked: [
        ['one', 'scope', undefined, { schemaUrl: SCHEMA_URL }],
        ['two', 'scope', undefined, { schemaUrl: SCHEMA_URL }],
      ],
    });
  });

  test('binds again after a binding that failed', () => {
    let calls = 0;
    const followed = followMeter('scope', () => {
      calls += 1;
      if (calls === 2) throw new Error('no room');
      return { instruments: calls };
    });
    replace(meterProvider([], 'one'));
    expect(followed.current()).toBe(1);
    replace(meterProvider([], 'two'));
    expect(() => followed.current()).toThrow('no room');
    expect(followed.current()).toBe(3);
  });
});

test('followLogger() asks each provider once', () => {
  const asked: Asked[] = [];
  logs.setGlobalLoggerProvider(loggerProvider(asked, 'one'));
  const logger = followLogger('scope', '1');
  const seen = [logger(), logger()];
  logs.disable();
  logs.setGlobalLoggerProvider(loggerProvider(asked, 'two'));
  seen.push(logger());
  expect({ seen, asked }).toEqual({
    seen: [{ name: 'one' }, { name: 'one' }, { name: 'two' }],
    asked: [
      ['one', 'scope', '1'],
      ['two', 'scope', '1'],
    ],
  });
});

test('providers with our schema URL leave another one alone', () => {
  const asked: Asked[] = [];
  const get = (...scope: Asked): never => {
    asked.push(scope);
    return undefined as never;
  };
  tracersWithSchema({ getTracer: get }).getTracer('a', '1');
  metersWithSchema({ getMeter: get }).getMeter('b', '2', { schemaUrl: 'https://other' });
  loggersWithSchema({ getLogger: get }).getLogger('c', '3', { attributes: { a: 1 } });
  expect(asked).toEqual([
    ['a', '1', { schemaUrl: SCHEMA_URL }],
    ['b', '2', { schemaUrl: 'https://other' }],
    ['c', '3', { schemaUrl: SCHEMA_URL, attributes: { a: 1 } }],
  ]);
});
