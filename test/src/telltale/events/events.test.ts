import { logs, metrics } from '@opentelemetry/api';
import {
  InMemoryLogRecordExporter,
  LoggerProvider,
  SimpleLogRecordProcessor,
} from '@opentelemetry/sdk-logs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { METRIC_TELLTALE_EVENTS_DROPPED } from '@telltale/core';

import { events, limitEvents } from '../../../../src/telltale/src/events/emit-event.ts';
import { chooseEvents, RARE_EVENTS } from '../../../../src/telltale/src/events/wanted.ts';
import { captureConsole } from '../../../../src/telltale/src/logs/capture-console.ts';
import { bridgeOldLogsApi } from '../../../../src/telltale/src/logs/old-api-bridge.ts';
import { LogMasking } from '../../../../src/telltale/src/masking/signals/log-masking.ts';
import { component } from '../../../../src/telltale/src/record/health.ts';
import { predictions } from '../../../../src/telltale/src/record/predictions/prediction.ts';
import { selfTotals } from '../../../../src/telltale/src/self-metrics.ts';

const exporter = new InMemoryLogRecordExporter();
const createProvider = (): LoggerProvider =>
  new LoggerProvider({
    processors: [new LogMasking(), new SimpleLogRecordProcessor({ exporter })],
  });

beforeAll(() => void logs.setGlobalLoggerProvider(createProvider()));
beforeEach(() => {
  exporter.reset();
  limitEvents(100);
});
afterEach(() => chooseEvents(RARE_EVENTS));
afterAll(() => {
  logs.disable();
  metrics.disable();
});

const emitted = () =>
  exporter.getFinishedLogRecords().map(({ eventName, severityNumber, body, attributes }) => ({
    eventName,
    severityNumber,
    body,
    attributes,
  }));

describe('events.emit()', () => {
  test('gives type, severity, message and attributes', () => {
    events.emit('ALERT', 'fraud.ring', { message: 'three cards', cards: 3 });
    events.emit('ERROR');
    expect(emitted()).toEqual([
      {
        eventName: 'fraud.ring',
        severityNumber: 13,
        body: 'three cards',
        attributes: { 'telltale.event.type': 'ALERT', cards: 3 },
      },
      {
        eventName: 'ml.error',
        severityNumber: 17,
        body: 'ml.error',
        attributes: { 'telltale.event.type': 'ERROR' },
      },
    ]);
  });

  const circular: Record<string, unknown> = {};
  circular['self'] = circular;

  test.for<readonly [string, readonly unknown[], object]>([
    [
      'a secret',
      ['ALERT', 'x', { password: 'p', deep: { token: 't' } }],
      { password: '[redacted]', deep: '{"token":"[redacted]"}' },
    ],
    ['a circle', ['ALERT', 'x', circular], { self: '{"self":"[circular]"}' }],
    ['a BigInt', ['ALERT', 'x', { n: 5n }], { n: '5' }],
    ['NaN', ['ALERT', 'x', { n: Number.NaN }], { n: 'NaN' }],
    ['nothing', ['ALERT', 'x', { a: undefined, b: null }], {}],
    ['a type of its own', ['ALERT', 'x', { 'telltale.event.type': 'ERROR' }], {}],
  ])('with %s', ([, call, attributes]) => {
    (events.emit as (...parts: unknown[]) => void)(...call);
    expect(emitted().map((one) => one.attributes)).toEqual([
      { 'telltale.event.type': 'ALERT', ...attributes },
    ]);
  });

  test.for<readonly [string, readonly unknown[]]>([
    ['no type', []],
    ['a type that is none', ['LOUD', 'x']],
    ['a symbol', [Symbol('x'), 'x']],
    ['attributes that are null', ['ALERT', 'x', null]],
    ['a name that is an object', ['ALERT', {}, {}]],
  ])('of %s does not throw', ([, call]) => {
    expect(() => (events.emit as (...parts: unknown[]) => void)(...call)).not.toThrow();
  });

  test('a flood of one model is held to twice its rate and counted, others go on', () => {
    const dropped = (): number =>
      selfTotals(METRIC_TELLTALE_EVENTS_DROPPED).find(({ signal }) => signal === 'ALERT')?.count ??
      0;
    const before = dropped();
    for (let i = 0; i < 1_000; i++) events.emit('ALERT', 'x', { 'ml.model.name': 'a' });
    events.emit('ALERT', 'x', { 'ml.model.name': 'b' });
    const passed = emitted().filter(({ attributes }) => attributes['ml.model.name'] === 'a').length;
    expect(passed).toBeGreaterThanOrEqual(200);
    expect(passed).toBeLessThan(300);
    expect(dropped() - before).toBe(1_000 - passed);
    expect(emitted().at(-1)?.attributes['ml.model.name']).toBe('b');
  });
});

describe('events of the recording calls', () => {
  test('predictions are silent until they are wanted', () => {
    predictions.record({ model: 'm', outcome: 'a', id: 'p1' });
    chooseEvents(['PREDICTION']);
    predictions.record({ model: 'm', outcome: 'b', id: 'p2', confidence: 0.5, level: 'high' });
    expect(emitted()).toMatchObject([
      {
        eventName: 'ml.prediction',
        body: 'b 0.50',
        attributes: {
          'ml.prediction.id': 'p2',
          'ml.prediction.outcome': 'b',
          'ml.prediction.confidence': 0.5,
          'ml.prediction.level': 'high',
        },
      },
    ]);
  });

  test('a component tells each change once', () => {
    const store = component('event-store');
    store.down('no route');
    store.down('no route');
    store.up();
    expect(emitted()).toMatchObject([
      { eventName: 'ml.component.down', severityNumber: 17, body: 'event-store is down: no route' },
      { eventName: 'ml.component.up', severityNumber: 9, body: 'event-store is up' },
    ]);
  });
});

describe('captureConsole()', () => {
  const lines: unknown[][] = [];
  const target = {} as Console;
  beforeEach(() => {
    lines.length = 0;
    for (const name of ['trace', 'debug', 'log', 'info', 'warn', 'error'] as const) {
      target[name] = (...parts: unknown[]) => void lines.push([name, ...parts]);
    }
  });

  test.for([
    [false, 1],
    [true, 0],
  ] as const)('replaces: %s', ([replaces, written]) => {
    const undo = captureConsole(replaces, target);
    target.warn('disk %d %%', 93);
    undo();
    target.log('after');
    expect(emitted()).toMatchObject([{ severityNumber: 13, body: 'disk 93 %' }]);
    expect(lines).toHaveLength(written + 1);
  });
});

describe('LogMasking', () => {
  test('masks what other libraries log', () => {
    logs.getLogger('pino').emit({
      body: 'x',
      attributes: {
        authorization: 'Bearer s3cret',
        request: { headers: { cookie: 's3cret' } },
        list: ['a'],
      },
    });
    expect(JSON.stringify(emitted())).not.toContain('s3cret');
    expect(emitted()[0]?.attributes['list']).toEqual(['a']);
  });
});

describe('bridgeOldLogsApi()', () => {
  const key = Symbol.for('io.opentelemetry.js.api.logs');
  interface OldLogger {
    emit(record: object): void;
  }
  type OldApi = (version: number) => { getLogger(name: string): OldLogger };
  const holder = globalThis as { [key]?: OldApi };

  test('loggers of the old API follow the provider of the new one', () => {
    delete holder[key];
    bridgeOldLogsApi();
    const logger = holder[key]?.(1).getLogger('winston');
    logger?.emit({ body: 'first' });
    logs.disable();
    logger?.emit({ body: 'without a listener' });
    logs.setGlobalLoggerProvider(createProvider());
    logger?.emit({ body: 'second' });
    expect(emitted().map(({ body }) => body)).toEqual(['first', 'second']);
  });

  test('an SDK that registered itself there stays', () => {
    const theirs: OldApi = () => ({ getLogger: () => ({ emit: () => {} }) });
    holder[key] = theirs;
    bridgeOldLogsApi();
    expect(holder[key]).toBe(theirs);
    delete holder[key];
  });
});
